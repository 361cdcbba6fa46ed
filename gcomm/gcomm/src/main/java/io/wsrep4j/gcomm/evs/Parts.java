package io.wsrep4j.gcomm.evs;

import java.util.List;

/** What one {@link EvsCore} knows, sends and reckons with, and its changes of state; {@link Reactions} stand on it. */
record Parts(
        NodeTable nodes,
        CurrentView current,
        Round round,
        Timers timers,
        Statistics statistics,
        Evictions evictions,
        PastViews past,
        Backlog backlog,
        Outbox outbox,
        Delivery delivery,
        Emitter emitter,
        Retransmission retransmission,
        ForeignViews foreign,
        Consensus consensus,
        Announcer announcer,
        Transitions transitions) {

    static Parts of(Environment env, EvsStart start) {
        NodeTable nodes = new NodeTable(env);
        CurrentView current = new CurrentView(start);
        Round round = new Round();
        Timers timers = new Timers();
        Statistics statistics = new Statistics();
        Evictions evictions = new Evictions(env);
        PastViews past = new PastViews(env, current);
        if (start.restoredView() != null) {
            past.add(List.of(start.restoredView().as(ViewType.REG)));
        }
        Backlog backlog = new Backlog();
        Outbox outbox = new Outbox(env, statistics);
        Delivery delivery = new Delivery(env, current, statistics);
        Emitter emitter = new Emitter(env, current, outbox, delivery, statistics);
        ForeignViews foreign = new ForeignViews(nodes, current);
        KnowledgeSource knowledge = new KnowledgeSource(nodes, current, evictions);
        Announcer announcer = new Announcer(env, nodes, current, round, knowledge, foreign, outbox, backlog);
        return new Parts(
                nodes,
                current,
                round,
                timers,
                statistics,
                evictions,
                past,
                backlog,
                outbox,
                delivery,
                emitter,
                new Retransmission(env, nodes, current, outbox, statistics),
                foreign,
                new Consensus(nodes, current, foreign),
                announcer,
                new Transitions(env, nodes, current, round, timers, statistics, past, delivery, emitter, announcer));
    }
}
