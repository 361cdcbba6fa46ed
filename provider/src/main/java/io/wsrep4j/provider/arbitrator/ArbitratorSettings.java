package io.wsrep4j.provider.arbitrator;

import io.wsrep4j.options.OptionText;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an arbitrator is told (docs/spec/replicator-state-transfer.md 25). Immutable.
 *
 * @param name of the member
 * @param address of the cluster, with its scheme
 * @param group name of the cluster
 * @param sst request that is sent for a state transfer; {@link #TRIVIAL} for an arbitrator, otherwise what a donor's host is to do
 * @param donors names of wanted donors, separated by commas
 * @param options in the host's form: {@code key=value;key=value}
 * @param directory where the transport may keep files; each arbitrator needs its own
 */
public record ArbitratorSettings(
        String name, String address, String group, String sst, String donors, String options, Path directory) {

    /** The request that asks for nothing. */
    public static final String TRIVIAL = "trivial";

    private static final String PRESETS =
            "gcs.fc_limit=9999999; gcs.fc_factor=1.0; gcs.fc_single_primary=yes; gcs.stateless=yes";

    public ArbitratorSettings {
        if (address.isEmpty()) {
            throw new IllegalArgumentException(
                    "the address of the cluster is missing: --address gcomm://host:port,...");
        }
        if (!address.contains("://")) {
            throw new IllegalArgumentException(
                    "address '" + address + "' has no scheme; expected gcomm://host:port,...");
        }
        if (group.isEmpty()) {
            throw new IllegalArgumentException("the name of the cluster is missing: --group NAME");
        }
    }

    /** True if the member only triggers something at a donor and goes. */
    boolean isOneShot() {
        return !sst.equals(TRIVIAL);
    }

    /** All options by name, those that make an arbitrator last. */
    Map<String, String> optionMap() {
        Map<String, String> map = new LinkedHashMap<>();
        for (Map.Entry<String, String> option : OptionText.parse(options + ";" + PRESETS)) {
            map.put(option.getKey(), option.getValue());
        }
        return map;
    }
}
