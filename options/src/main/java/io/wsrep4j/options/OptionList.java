package io.wsrep4j.options;

import java.util.List;

/**
 * The options of one layer, which the layer exports. Immutable.
 *
 * @param layer whose they are, as a heading
 * @param inAddress they may also come in the query of the cluster's address
 * @param options each once
 * @param relations checked in this order when a node connects
 */
public record OptionList(String layer, boolean inAddress, List<OptionSpec> options, List<OptionRelation> relations) {

    public OptionList {
        options = List.copyOf(options);
        relations = List.copyOf(relations);
    }

    public static OptionList of(String layer, OptionSpec... options) {
        return new OptionList(layer, false, List.of(options), List.of());
    }

    /** The same options, which may also come in the query of the cluster's address. */
    public OptionList alsoInAddress() {
        return new OptionList(layer, true, options, relations);
    }

    public OptionList related(OptionRelation... all) {
        return new OptionList(layer, inAddress, options, List.of(all));
    }

    /** True if an option has this name. */
    public boolean has(String name) {
        return options.stream().anyMatch(option -> option.name().equals(name));
    }
}
