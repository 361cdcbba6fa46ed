package io.wsrep4j.gcomm.netty;

import io.netty.handler.ssl.CipherSuiteConverter;
import io.wsrep4j.gcomm.transport.TransportException;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * socket.ssl_cipher: an OpenSSL cipher list, for TLS 1.2, turned into the JDK's names (docs/spec/gcomm-transport-pc.md 4). Known are names of suites
 * (OpenSSL's and the standard ones), the words DEFAULT, ALL and HIGH, which stand for what the JDK allows by default, and exclusions with
 * {@code !} or {@code -} before a name or a part of one. OpenSSL's name of a suite that this JVM has not, or has switched off, chooses nothing:
 * then TLS 1.3 is spoken, as OpenSSL would with any node that can.
 */
final class CipherList {

    /** What OpenSSL's names of suites of TLS 1.2 and before have in common. */
    private static final Pattern OF_OPENSSL =
            Pattern.compile("[A-Z0-9-]*(AES|ARIA|CAMELLIA|CHACHA20|DES|IDEA|RC4|SEED)[A-Z0-9-]*");

    private static final Set<String> EVERYTHING = Set.of("DEFAULT", "ALL", "HIGH");

    private CipherList() {}

    /** Empty for "no restriction". The suites of TLS 1.3 are always among the result. */
    static List<String> parse(String list) throws TransportException {
        if (list.isEmpty()) {
            return List.of();
        }
        SSLParameters defaults;
        SSLParameters supported;
        try {
            defaults = SSLContext.getDefault().getDefaultSSLParameters();
            supported = SSLContext.getDefault().getSupportedSSLParameters();
        } catch (NoSuchAlgorithmException e) {
            throw new TransportException("this JVM has no TLS: " + e, e);
        }
        Set<String> chosen = new LinkedHashSet<>();
        for (String word : list.split("[:, ]+")) {
            add(chosen, word, list, List.of(defaults.getCipherSuites()), List.of(supported.getCipherSuites()));
        }
        if (chosen.isEmpty() && !onlyForeign(list)) {
            throw new TransportException("option socket.ssl_cipher: '" + list + "' leaves no cipher suite");
        }
        List<String> result = new ArrayList<>();
        for (String suite : defaults.getCipherSuites()) {
            // the names of TLS 1.3 say nothing of the key exchange
            if (!suite.contains("_WITH_") && !suite.contains("SCSV")) {
                result.add(suite);
            }
        }
        chosen.removeAll(result);
        result.addAll(chosen);
        return result;
    }

    /** Nothing but names of suites, which are then suites of other libraries. */
    private static boolean onlyForeign(String list) {
        for (String word : list.split("[:, ]+")) {
            if (!word.isEmpty() && !OF_OPENSSL.matcher(word).matches()) {
                return false;
            }
        }
        return true;
    }

    private static void add(Set<String> chosen, String word, String list, List<String> defaults, List<String> supported)
            throws TransportException {
        if (word.isEmpty() || word.startsWith("@") || word.startsWith("+")) {
            // an order, not a choice
            return;
        }
        if (word.startsWith("!") || word.startsWith("-")) {
            String part = word.substring(1).toUpperCase(Locale.ROOT).replace("ANULL", "ANON");
            chosen.removeIf(suite -> suite.toUpperCase(Locale.ROOT).contains(part)
                    || openSslName(suite).toUpperCase(Locale.ROOT).contains(part));
            return;
        }
        if (EVERYTHING.contains(word)) {
            chosen.addAll(defaults);
            return;
        }
        String standard = CipherSuiteConverter.toJava(word, "TLS");
        if (supported.contains(word)) {
            chosen.add(word);
        } else if (standard != null && supported.contains(standard)) {
            chosen.add(standard);
        } else if (!OF_OPENSSL.matcher(word).matches()) {
            throw new TransportException("option socket.ssl_cipher: '" + word + "' in '" + list
                    + "' is not known; allowed are names of cipher suites such as ECDHE-RSA-AES256-GCM-SHA384, DEFAULT,"
                    + " HIGH, ALL, and exclusions such as !SHA1");
        }
    }

    private static String openSslName(String suite) {
        String name = CipherSuiteConverter.toOpenSsl(suite, false);
        return name == null ? "" : name;
    }
}
