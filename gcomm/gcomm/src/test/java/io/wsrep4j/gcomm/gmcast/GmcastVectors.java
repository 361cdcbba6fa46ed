package io.wsrep4j.gcomm.gmcast;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.wsrep4j.gcomm.frame.Frame;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The golden vectors of the transport (docs/spec/gcomm-transport-pc.md 17.1). */
final class GmcastVectors {

    private static final ObjectMapper JSON = new ObjectMapper();

    private GmcastVectors() {}

    static JsonNode read(String file) {
        try (InputStream in = GmcastVectors.class.getResourceAsStream("/vectors/gmcast/" + file)) {
            return JSON.readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Vectors by name. */
    static Map<String, JsonNode> named(String file) {
        Map<String, JsonNode> map = new LinkedHashMap<>();
        read(file).get("vectors").forEach(vector -> map.put(vector.get("name").asText(), vector));
        return map;
    }

    /** The GMCast message of a whole frame. */
    static ByteBuf payload(JsonNode vector) {
        byte[] frame = ByteBufUtil.decodeHexDump(vector.get("hex").asText());
        return Unpooled.copiedBuffer(frame).skipBytes(Frame.HEADER_LENGTH);
    }
}
