package io.wsrep4j.ist;

import io.wsrep4j.api.Errno;
import io.wsrep4j.api.Uuid;
import io.wsrep4j.api.text.AsciiNumber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a joiner asks for (docs/spec/replicator-state-transfer.md 17.3). Immutable.
 *
 * @param history the joiner's own history, undefined if it has none
 * @param lastApplied what it has; -1 when its history is not the group's
 * @param lastMissing the configuration change that made it ask
 * @param peer where it listens
 */
public record IstRequest(Uuid history, long lastApplied, long lastMissing, IstAddress peer) {

    private static final int LONGEST_SHOWN = 200;

    /** The text with its final NUL, as the state request carries it. */
    public byte[] toBytes() {
        return (this + "\0").getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * Reads the text; a final NUL and what follows a blank are left out.
     *
     * @throws IstException if it is anything else; the message quotes it
     */
    public static IstRequest parse(ByteBuffer bytes) throws IstException {
        String text = StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
        int end = 0;
        while (end < text.length() && text.charAt(end) > ' ') {
            end++;
        }
        text = text.substring(0, end);
        int colon = Uuid.TEXT_LENGTH;
        int dash = text.indexOf('-', colon + 2);
        int bar = text.indexOf('|', dash + 1);
        if (text.length() <= colon || dash < 0 || bar < 0) {
            throw malformed(text, null);
        }
        try {
            return new IstRequest(
                    Uuid.parse(text.substring(0, colon)),
                    AsciiNumber.parseLong(text.substring(colon + 1, dash)),
                    AsciiNumber.parseLong(text.substring(dash + 1, bar)),
                    IstAddress.parse(text.substring(bar + 1)));
        } catch (IllegalArgumentException e) {
            throw malformed(text, e);
        }
    }

    private static IstException malformed(String text, Exception cause) {
        String shown = text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
        return new IstException(
                Errno.EINVAL,
                "malformed IST request '" + shown
                        + "'; expected <uuid>:<last applied>-<last missing>|<scheme>://<host>:<port>",
                cause);
    }

    @Override
    public String toString() {
        return history + ":" + lastApplied + "-" + lastMissing + "|" + peer;
    }
}
