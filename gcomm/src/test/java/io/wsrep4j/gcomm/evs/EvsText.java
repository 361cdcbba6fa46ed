package io.wsrep4j.gcomm.evs;

import io.netty.buffer.Unpooled;
import io.wsrep4j.api.Uuid;

public final class EvsText {
    public static String join(Uuid s, byte[] m) {
        try {
            EvsMessage x = new EvsDecoder().decode(Unpooled.wrappedBuffer(m), s);
            return x instanceof JoinMessage j
                    ? j.knowledge().toString()
                    : x instanceof InstallMessage i ? i.knowledge().toString() : "";
        } catch (Exception e) {
            return e.toString();
        }
    }
}
