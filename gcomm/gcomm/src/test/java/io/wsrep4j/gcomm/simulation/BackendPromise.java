package io.wsrep4j.gcomm.simulation;

/** What a backend guarantees (docs/spec/gcs.md 22.2). */
enum BackendPromise {
    B1("all deliver in one order, messages and views"),
    B2("an accepted message is delivered at its sender, unless it leaves or loses the primary component"),
    B3("messages of one sender come in the order in which they were sent"),
    B4("nothing is delivered that was not sent, nothing twice, nothing changed"),
    B5("what anybody delivers in a primary view, all deliver that go on to the next"),
    B6("members that go on together have delivered the same"),
    B7("what comes in a later view than it was sent in, comes at all that go on together"),
    B8("what its sender did not get back came at all that went on together, or at none"),
    B9("all members have the same view, and know their own place in it"),
    B10("members are in ascending order of their ids"),
    B11("an id is never used again"),
    B12("the sender's index is a place in the view in force"),
    B13("at most one primary component exists"),
    B14("consecutive primary views share a member"),
    B15("views come in sequence, and the loss of the primary component is told"),
    B16("outside a primary component nothing is accepted"),
    B17("in a primary view every member can send, at last"),
    B18("leaving is the last event, and comes once"),
    B19("a failure inside is told as leaving with an error"),
    B20("a member that dies or stands still is out of the view in bounded time"),
    B21("a causal token comes once, here only, and after all that was delivered anywhere before"),
    B22("the longest message is accepted, a longer one never"),
    B23("each member's segment is part of the view"),
    B24("only a component that was forced has the bootstrap flag");

    private final String text;

    BackendPromise(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return name() + ": " + text;
    }
}
