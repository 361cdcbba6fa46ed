package org.example.folder;

import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannelContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** A shared folder keeps what every backend promises. */
class FolderChannelContractTest extends GroupChannelContract {

    @TempDir
    private Path folder;

    @Override
    protected GroupChannel newChannel(String nodeName, Duration suspicion) throws Exception {
        return new FolderChannelFactory()
                .create(new ChannelEnvironment("folder://" + folder, Map.of(), folder, nodeName, "", null));
    }

    @Override
    protected void breakDown(GroupChannel channel) throws Exception {
        ((FolderChannel) channel).breakDown();
    }

    @Override
    protected boolean canIsolate() {
        return false;
    }
}
