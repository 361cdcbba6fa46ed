package io.wsrep4j.api;

/**
 * Bytes of somebody else's that cannot be what they claim to be. All that read such bytes throw a subclass, of their own package's, and all say it the
 * same way: where it is, what was given, what is allowed. It has no stack: whoever sends such bytes can send as many as it likes, and this node would
 * spend its time with filling stacks.
 */
public abstract class MalformedException extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * Makes one line of it: {@code where: given; allowed: allowed}.
     *
     * @param where which part of what message
     * @param given what is there
     * @param allowed what may be there
     */
    protected MalformedException(String where, String given, String allowed) {
        super(where + ": " + given + "; allowed: " + allowed, null, false, false);
    }
}
