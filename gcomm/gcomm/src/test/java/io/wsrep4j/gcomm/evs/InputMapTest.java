package io.wsrep4j.gcomm.evs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wsrep4j.api.Uuid;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** docs/spec/gcomm-evs.md 5, checklist 10 to 16. */
class InputMapTest {

    private static final Uuid SOMEBODY = Uuid.parse("00000001-0000-1000-8000-000000000000");

    @TestFactory
    Stream<DynamicTest> scripts_give_the_expected_ranges_and_deliveries() {
        return EvsCodecTest.stream(Vectors.read("inputmap.json").get("cases"))
                .map(script -> DynamicTest.dynamicTest(script.get("title").asText(), () -> run(script)));
    }

    private static void run(JsonNode script) {
        InputMap map = new InputMap(script.get("nodes").asInt());
        for (JsonNode op : script.get("ops")) {
            JsonNode want = op.get("expect");
            int node = op.get("node").asInt();
            switch (op.get("op").asText()) {
                case "insert" -> {
                    long seq = op.get("seq").asLong();
                    boolean old = seq < map.lu(node);
                    assertThat(old).isEqualTo(want.path("ignored").asBoolean(false));
                    if (!old) {
                        map.insert(
                                node,
                                message(
                                        seq,
                                        op.get("seq_range").asInt(),
                                        op.get("order").asText()));
                    }
                }
                case "safe" -> map.raiseMark(node, op.get("seq").asLong());
                case "gaps" -> {
                    List<List<Long>> gaps = new ArrayList<>();
                    map.gaps(node, op.get("lu").asLong(), op.get("hs").asLong(), (lu, hs) -> gaps.add(List.of(lu, hs)));
                    assertThat(gaps).isEqualTo(pairs(want.get("gaps")));
                }
                default -> throw new IllegalArgumentException(op.toString());
            }
            check(map, want, op.toString());
        }
        List<List<Long>> rest = new ArrayList<>();
        for (UserMessage m = map.pollAny(); m != null; m = map.pollAny()) {
            if (m.seq() < map.lu(map.polledMember()) && m.order() != EvsOrder.DROP) {
                rest.add(List.of((long) map.polledMember(), m.seq()));
            }
        }
        assertThat(rest).isEqualTo(pairs(script.get("transitional_delivery_if_view_ends_now")));
    }

    private static void check(InputMap map, JsonNode want, String op) {
        for (int i = 0; i < want.get("range").size(); i++) {
            JsonNode range = want.get("range").get(i);
            assertThat(List.of(map.lu(i), map.hs(i)))
                    .as(op)
                    .containsExactly(range.get(0).asLong(), range.get(1).asLong());
        }
        assertThat(map.aru()).as(op).isEqualTo(want.get("aru").asLong());
        assertThat(map.safeSeq()).as(op).isEqualTo(want.get("safe").asLong());
        List<List<Long>> delivered = new ArrayList<>();
        for (UserMessage m = map.pollDeliverable(); m != null; m = map.pollDeliverable()) {
            int member = map.polledMember();
            if (m.order() != EvsOrder.DROP) {
                delivered.add(List.of((long) member, m.seq()));
            }
            map.afterDelivery(member, m.seq());
        }
        if (want.has("delivered")) {
            assertThat(delivered).as(op).isEqualTo(pairs(want.get("delivered")));
        }
    }

    private static List<List<Long>> pairs(JsonNode array) {
        return EvsCodecTest.stream(array)
                .map(p -> List.of(p.get(0).asLong(), p.get(1).asLong()))
                .toList();
    }

    private static UserMessage message(long seq, int range, String order) {
        return new UserMessage(0, 1, seq, SOMEBODY, ViewId.NIL, EvsOrder.valueOf(order), 1, range, seq, -1, null, 0, 0);
    }

    @Test
    void a_far_slot_costs_one_page_and_is_found_again() {
        InputMap map = new InputMap(2);
        map.insert(0, message(InputMap.HORIZON - 5, 3, "SAFE"));
        map.insert(1, message(0, 0, "FIFO"));
        assertThat(map.find(0, InputMap.HORIZON - 5)).isNotNull();
        assertThat(map.pollDeliverable().seq()).isZero();
        assertThat(map.pollDeliverable()).isNull();
        assertThat(map.pollAny().seq()).isEqualTo(InputMap.HORIZON - 5);
        assertThat(map.horizon(4)).isEqualTo(-1 + InputMap.HORIZON + 16);
    }

    @Test
    void what_lies_behind_a_gap_can_be_forgotten_and_come_again() {
        InputMap map = new InputMap(2);
        for (long seq : new long[] {0, 2, 3}) {
            map.insert(1, message(seq, 0, "SAFE"));
        }
        map.insert(0, message(0, 0, "SAFE"));

        map.forgetBehindGap(1);

        assertThat(List.of(map.lu(1), map.hs(1), map.maxHs())).containsExactly(1L, 0L, 0L);
        map.insert(1, message(1, 0, "SAFE"));
        map.insert(1, message(2, 0, "SAFE"));
        assertThat(map.hs(1)).isEqualTo(2);
        List<Long> rest = new ArrayList<>();
        for (UserMessage m = map.pollAny(); m != null; m = map.pollAny()) {
            rest.add(m.seq());
        }
        assertThat(rest).containsExactly(0L, 0L, 1L, 2L);
        map.clear();
    }
}
