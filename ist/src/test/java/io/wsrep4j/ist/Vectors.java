package io.wsrep4j.ist;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** The golden vectors of IST, captured from the reference. */
final class Vectors {

    private Vectors() {}

    static List<JsonNode> of(String file) {
        try (InputStream in = Vectors.class.getResourceAsStream("/vectors/ist/" + file + ".json")) {
            List<JsonNode> found = new ArrayList<>();
            new ObjectMapper().readTree(in).get("vectors").forEach(found::add);
            return found;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static JsonNode named(String file, String namePart) {
        return of(file).stream()
                .filter(vector -> vector.get("name").asText().contains(namePart))
                .findFirst()
                .orElseThrow();
    }
}
