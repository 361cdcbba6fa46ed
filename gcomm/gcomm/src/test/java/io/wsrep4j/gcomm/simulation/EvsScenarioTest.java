package io.wsrep4j.gcomm.simulation;

import io.wsrep4j.kit.ScenarioTexts;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each text in evs-scenarios is a test; and the invariants of docs/spec/gcomm-evs.md 20, hold in each. */
class EvsScenarioTest {

    @TestFactory
    List<DynamicTest> scenarios() throws IOException, URISyntaxException {
        return ScenarioTexts.in(EvsScenarioTest.class, "/evs-scenarios", Scenario::run);
    }
}
