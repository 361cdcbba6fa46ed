package io.wsrep4j.options;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The options of several layers together. Immutable. */
public final class OptionCatalog {

    private final List<OptionList> lists;
    private final SortedMap<String, OptionSpec> byName = new TreeMap<>();

    /**
     * Puts lists together; one that comes twice, since two backends stand on the same layer, counts once.
     *
     * @throws IllegalArgumentException if two options have the same name
     */
    public OptionCatalog(Collection<OptionList> lists) {
        this.lists = lists.stream().distinct().toList();
        for (OptionList list : this.lists) {
            for (OptionSpec option : list.options()) {
                if (byName.put(option.name(), option) != null) {
                    throw new IllegalArgumentException("two options are named " + option.name()
                            + "; one of them is in the list of " + list.layer());
                }
            }
        }
    }

    /** The options of one layer or a few. */
    public static OptionCatalog of(OptionList... lists) {
        return new OptionCatalog(List.of(lists));
    }

    /** The option of this name, or null. */
    public OptionSpec find(String name) {
        return byName.get(name);
    }

    /** All options, sorted by name. */
    public Collection<OptionSpec> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    /** The layers' lists, in their order. */
    public List<OptionList> lists() {
        return lists;
    }

    /** The texts among these whose names are known here. */
    Map<String, String> known(Map<String, String> texts) {
        Map<String, String> known = new TreeMap<>(texts);
        known.keySet().retainAll(byName.keySet());
        return known;
    }
}
