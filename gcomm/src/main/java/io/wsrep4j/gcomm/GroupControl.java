package io.wsrep4j.gcomm;

import io.wsrep4j.api.Uuid;

/** Membership of a {@link GroupChannel}. Thread-safe; the life-cycle methods are not called concurrently with each other. */
public interface GroupControl {

    /**
     * Joins the group. Returns when the transport is up, perhaps before the first view.
     *
     * @param groupName members of different groups refuse each other
     * @param bootstrap form a primary component alone
     * @param listener told of every view and message, in order
     * @throws GroupException if the group cannot be reached in time, or the address or an option is refused; the channel is closed then
     */
    void join(String groupName, boolean bootstrap, GroupListener listener) throws GroupException;

    /**
     * Leaves the group and releases all resources. The listener gets its last event, {@link GroupListener#onLeft}, before this returns, if
     * it had not got it before. Succeeds even when the transport is broken; does nothing when the channel never joined or has left.
     */
    void leave();

    /**
     * Sets an option at run time.
     *
     * @return false if the backend has no such option
     * @throws IllegalArgumentException if the value is refused or the option is fixed at run time; the message names the key, the value and
     *     what is allowed
     */
    boolean setOption(String name, String value);

    /**
     * Cuts this member off the group, or lets it in again (docs/spec/wsrep-api-v26.md 1.4).
     *
     * @param isolated true: drop all peer connections and accept none
     */
    void isolate(boolean isolated);

    /**
     * Shuts another member out of the group: its messages are dropped and its connections refused, here and, as the members tell each other, on
     * all of them; its id does not come back while the backend remembers it (docs/spec/gcomm-evs.md 15.3; {@code evs.evict}). Returns before that is
     * done; a view without the member follows. A backend that has no other members does nothing.
     *
     * @param member its id; not this member's own
     */
    void evict(Uuid member);
}
