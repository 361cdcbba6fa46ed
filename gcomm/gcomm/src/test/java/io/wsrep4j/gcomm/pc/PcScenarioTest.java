package io.wsrep4j.gcomm.pc;

import io.wsrep4j.kit.ScenarioTexts;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Each text in pc-scenarios is a test. */
class PcScenarioTest {

    @TestFactory
    List<DynamicTest> scenarios() throws IOException, URISyntaxException {
        return ScenarioTexts.in(PcScenarioTest.class, "/pc-scenarios", PcScenario::run);
    }
}
