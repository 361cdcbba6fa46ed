package org.example.folder;

import static io.wsrep4j.options.OptionSpec.option;

import io.wsrep4j.gcomm.ChannelEnvironment;
import io.wsrep4j.gcomm.GroupChannel;
import io.wsrep4j.gcomm.GroupChannelFactory;
import io.wsrep4j.gcomm.GroupException;
import io.wsrep4j.options.OptionList;
import io.wsrep4j.options.SizeFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes channels for addresses {@code folder:///path/to/a/folder}. */
public final class FolderChannelFactory implements GroupChannelFactory {

    private static final String POLL_INTERVAL = "folder.poll_interval";
    private static final SizeFormat INTERVAL = new SizeFormat(10, 1_000_000);
    private static final OptionList OPTIONS = OptionList.of(
            "Shared folder",
            option(POLL_INTERVAL, INTERVAL)
                    .initially("500")
                    .in("microseconds")
                    .help("how often a member looks for messages"));

    @Override
    public String scheme() {
        return "folder";
    }

    @Override
    public List<OptionList> options() {
        return List.of(OPTIONS);
    }

    @Override
    public GroupChannel create(ChannelEnvironment environment) throws GroupException {
        Path folder = Path.of(environment.address().substring("folder://".length()));
        if (!folder.isAbsolute() || !Files.isDirectory(folder)) {
            throw new GroupException("cluster address '" + environment.address()
                    + "' names no folder; expected folder:///path, where the path is a folder that exists");
        }
        long interval = Long.parseLong(environment.options().getOrDefault(POLL_INTERVAL, "500"));
        return new FolderChannel(folder, interval * 1000);
    }
}
