package io.wsrep4j.provider;

import io.wsrep4j.gcache.CacheOptions;
import io.wsrep4j.gcomm.group.GroupOptions;
import io.wsrep4j.provider.certification.CertificationOptions;
import io.wsrep4j.provider.log.NodeLog;
import io.wsrep4j.provider.node.NodeParts;
import io.wsrep4j.provider.options.ProviderOptions;
import io.wsrep4j.provider.writeset.KeyFormat;

/** Carries changes of options at run time to those who act on them (docs/spec/options-status.md 6). Thread-safe. */
final class OptionChanges implements ProviderOptions.ChangeTarget {

    private final NodeParts node;
    private final CertificationOptions certification;

    OptionChanges(NodeParts node, CertificationOptions certification) {
        this.node = node;
        this.certification = certification;
    }

    @Override
    public void change(String name, String text, Object value, boolean ofBackend) {
        switch (name) {
            case "repl.max_ws_size" -> node.settings().maximumWriteSetBytes(Math.toIntExact((Long) value));
            case "repl.causal_read_timeout" -> node.settings().causalReadTimeoutNanos((Long) value);
            case "repl.key_format" -> node.settings().keyFormat(KeyFormat.parse(text));
            case "debug" -> node.log().debug((Boolean) value);
            case "cert.max_index_size" -> certification.setMaxIndexSize((Long) value);
            case "cert.log_conflicts" -> {
                certification.setLogConflicts((Boolean) value);
                announce("logging of certification conflicts", (Boolean) value);
            }
            case "cert.optimistic_pa" -> {
                certification.setOptimisticParallelApplying((Boolean) value);
                announce("optimistic parallel applying", (Boolean) value);
            }
            default -> {
                if (!CacheOptions.change(node.cache().dynamic(), name, text, value)) {
                    forward(name, text, ofBackend);
                }
            }
        }
    }

    private void announce(String what, boolean on) {
        NodeLog log = node.log();
        log.info((on ? "Enabled " : "Disabled ") + what + ".");
    }

    /** A backend need not know Galera's options: then the text is kept and nothing else happens. */
    private void forward(String name, String text, boolean ofBackend) {
        if (ofBackend || GroupOptions.LIST.has(name)) {
            boolean known = node.group().setOption(name, text);
            if (!known) {
                node.log().debug("option " + name + " means nothing to the backend in use");
            }
        }
    }
}
