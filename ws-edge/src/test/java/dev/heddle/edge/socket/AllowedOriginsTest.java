package dev.heddle.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedOriginsTest {

    private static final int PORT = 8080;

    private static HttpConfig with(String... entries) {
        return http(null, List.of(entries), List.of());
    }

    private static HttpConfig http(@Nullable String publicUrl, List<String> origins, List<String> proxies) {
        HttpConfig defaults = HttpConfig.defaults();
        return new HttpConfig(
                defaults.host(),
                PORT,
                publicUrl,
                origins,
                proxies,
                defaults.tls(),
                defaults.eventLoops(),
                defaults.sendBufferBytes(),
                defaults.maxUrlBytes(),
                defaults.maxHeaderBytes(),
                defaults.requestTimeout(),
                defaults.idleTimeout(),
                defaults.closeTimeout());
    }

    private static boolean allows(HttpConfig config, String origin) {
        return new AllowedOrigins(config).allow(List.of(origin), PORT);
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com, https://app.example.com",
        "https://app.example.com/, https://app.example.com",
        "HTTPS://App.Example.COM, https://app.example.com",
        "https://app.example.com:443, https://app.example.com",
        "http://app.example.com:80, http://app.example.com",
        "https://app.example.com:8443, https://app.example.com:8443",
        "http://app.example.com:443, http://app.example.com:443",
        "capacitor://localhost, capacitor://localhost",
        "ionic://localhost, ionic://localhost",
        "chrome-extension://abcdefghijklmnopabcdefghijklmnop, chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        "null, null",
        "http://[::1]:8080, http://[::1]:8080",
        "http://[0:0:0:0:0:0:0:1], http://[::1]",
        "http://[2001:DB8:0:0:0:0:0:1], http://[2001:db8::1]",
        "http://192.168.1.7:3000, http://192.168.1.7:3000",
        "https://bücher.example, https://xn--bcher-kva.example",
        "https://XN--BCHER-KVA.example, https://xn--bcher-kva.example",
        "https://my_app.example.com, https://my_app.example.com",
        "https://example.com., https://example.com.",
        "https://*.example.com, https://app.example.com",
        "https://*.example.com/, https://a.b.example.com",
        "https://*.Example.com:8443, https://app.example.com:8443",
        "http://*.localhost:3000, http://app.localhost:3000"
    })
    void anEntryMatchesWhatABrowserSends(String entry, String origin) {
        assertTrue(allows(with(entry), origin));
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com, http://app.example.com",
        "https://app.example.com, https://app.example.com:8443",
        "https://app.example.com, https://app.example.com.evil.example",
        "https://app.example.com, https://xapp.example.com",
        "https://app.example.com, null",
        "https://app.example.com, https://app.example.com/path",
        "https://app.example.com, https://user@app.example.com",
        "https://*.example.com, https://example.com",
        "https://*.example.com, https://evilexample.com",
        "https://*.example.com, https://.example.com",
        "https://*.example.com, http://app.example.com",
        "https://*.example.com, https://app.example.com:8443",
        "capacitor://localhost, http://localhost",
        "null, https://app.example.com"
    })
    void anotherOriginIsForeign(String entry, String origin) {
        assertFalse(allows(with(entry), origin));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "app.example.com",
                "app.example.com:443",
                "//app.example.com",
                "https://",
                "https:///",
                "https://app.example.com/path",
                "https://app.example.com//",
                "https://app.example.com?x=1",
                "https://app.example.com#x",
                "https://user@app.example.com",
                "https://app.example.com:0",
                "https://app.example.com:65536",
                "https://app.example.com:x",
                " https://app.example.com",
                "https://app .example.com",
                "https://app..example.com",
                "https://app*.example.com",
                "https://app.*.example.com",
                "https://*",
                "https://*.com",
                "https://*.*.example.com",
                "https://*.10.0.0.1",
                "https://*.[::1]",
                "*",
                "*.example.com",
                "*://app.example.com",
                "NULL",
                "",
                "wss://app.example.com",
                "ws://localhost:3000",
                "file:///index.html",
                "http://[::1",
                "http://::1",
                "http://[fe80::1%eth0]",
                "http://127.1",
                "http://1.2.3.256",
                "https://straße.example"
            })
    void whatCanNeverMatchIsNamed(String entry) {
        String message = String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> with("https://good.example.com", entry))
                        .getMessage());
        assertTrue(message.contains("'" + entry + "'"), message);
        assertTrue(message.startsWith("http.allowedOrigins"), message);
    }

    @Test
    void withoutEntriesItIsThePublicAddressOrTheMachinesOwn() {
        HttpConfig open = HttpConfig.defaults();
        assertTrue(allows(open, "http://localhost:" + PORT));
        assertTrue(allows(open, "http://[::1]:" + PORT));
        assertFalse(allows(open, "http://localhost:3000"));
        assertFalse(allows(open, "https://localhost:" + PORT));
        HttpConfig behind = http("HTTPS://Events.Example.com:443/base/", List.of(), List.of());
        assertTrue(allows(behind, "https://events.example.com"));
        assertFalse(allows(behind, "http://localhost:" + PORT));
        assertTrue(new AllowedOrigins(behind).allow(List.of(), PORT));
        assertFalse(new AllowedOrigins(behind)
                .allow(List.of("https://events.example.com", "https://events.example.com"), PORT));
    }

    @Test
    void otherListsAndAddressesNameWhatTheyCannotUse() {
        for (String network : List.of("proxy.internal", "10.0.0.0/33", "10.0.0/8", "::/129", "", "::ffff:10.0.0.0/8")) {
            String message = String.valueOf(assertThrows(
                            IllegalArgumentException.class, () -> http(null, List.of(), List.of("10.0.0.0/8", network)))
                    .getMessage());
            assertTrue(message.contains("'" + network + "'"), message);
        }
        for (String url : List.of("events.example.com", "wss://events.example.com", "https://")) {
            String message =
                    String.valueOf(assertThrows(IllegalArgumentException.class, () -> http(url, List.of(), List.of()))
                            .getMessage());
            assertTrue(message.contains("'" + url + "'"), message);
        }
        ClientAddress mapped = new ClientAddress(List.of("::ffff:10.0.0.0/104"));
        assertEquals(mapped.of("203.0.113.9", List.of()), mapped.of("10.1.2.3", List.of("203.0.113.9")));
    }
}
