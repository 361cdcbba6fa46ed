package io.wsrep4j.gcomm.netty;

import io.netty.handler.ssl.SslContext;
import io.wsrep4j.gcomm.transport.TransportException;
import io.wsrep4j.options.OptionCatalog;
import io.wsrep4j.options.OptionValues;
import java.util.Map;
import java.util.Optional;

/**
 * What TLS connections beside the group's own are made with, such as those of a state transfer: the same keys, certificates and rules
 * (docs/spec/gcomm-transport-pc.md 4). Immutable: it is what the files held when it was made.
 *
 * @param client for the side that connects
 * @param server for the side that listens
 */
public record TlsContexts(SslContext client, SslContext server) {

    /**
     * Reads the files that the options name.
     *
     * @return empty if TLS is off
     * @throws TransportException if a file is no good; the message names it
     * @throws IllegalArgumentException if TLS is on but the options are not complete
     */
    public static Optional<TlsContexts> of(Map<String, String> options) throws TransportException {
        Optional<TlsFiles> files = TlsFiles.from(OptionValues.of(OptionCatalog.of(TransportOptions.LIST), options));
        if (files.isEmpty()) {
            return Optional.empty();
        }
        TlsMaterial material = TlsMaterial.load(files);
        return Optional.of(new TlsContexts(material.client(), material.server()));
    }
}
