package io.wsrep4j.provider.transfer;

import io.wsrep4j.gcomm.group.ActionBuffer;
import io.wsrep4j.provider.log.OneLine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A joiner's state request, read and told of. What comes after its snapshot's method is left out: it may hold a password. */
final class AskedState {

    private static final String ALLOWED =
            "; allowed are 'none', 'trivial' or a snapshot by a method that this host has, and for the history"
                    + " <uuid>:<last applied>-<last missing>|<scheme>://<host>:<port>";

    private AskedState() {}

    /**
     * What the bytes ask for.
     *
     * @throws MalformedStateRequestException if they are that
     */
    static StateRequestBody body(ActionBuffer request) throws MalformedStateRequestException {
        ByteBuffer bytes = request.bytes().duplicate();
        bytes.limit(request.size()).position(0);
        return StateRequestBody.parse(bytes);
    }

    /** What was asked for and what may be, for a line of the log. */
    static String of(ActionBuffer request) {
        StateRequestBody body;
        try {
            body = body(request);
        } catch (MalformedStateRequestException e) {
            return OneLine.of(e.getMessage()) + ALLOWED;
        }
        String history = body instanceof StateRequestBody.Combined combined ? text(combined.istRequest()) : "";
        return "for a snapshot by '" + text(body.snapshotRequest()) + "' (" + request.size()
                + " bytes), for the history '" + history + "'" + ALLOWED;
    }

    /** Up to the first NUL. */
    private static String text(ByteBuffer bytes) {
        String all = StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
        int end = all.indexOf(0);
        return OneLine.of(end < 0 ? all : all.substring(0, end));
    }
}
