package io.wsrep4j.options;

/**
 * A change at run time that was found to be allowed ({@link OptionValues#examine}). Immutable.
 *
 * @param option what changes
 * @param text as it was given
 * @param value what the text means
 */
public record OptionChange(OptionSpec option, String text, Object value) {

    public String name() {
        return option.name();
    }

    /** The text that is used: what was given, or what is taken instead. */
    public String used() {
        return option.atRunTime().effective(text);
    }

    /** Somebody must act on it now; otherwise the text is kept, and that is all until the next start. */
    public boolean isActedOn() {
        return option.change() != OptionSpec.Change.KEPT;
    }
}
