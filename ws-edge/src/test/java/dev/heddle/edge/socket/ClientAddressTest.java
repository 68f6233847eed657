package dev.heddle.edge.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClientAddressTest {

    private static final ClientAddress DIRECT = new ClientAddress(List.of());
    private static final ClientAddress PROXIED = new ClientAddress(List.of("10.0.0.0/8", "fd00::/8", "192.0.2.129/25"));

    private static String plain(String address) {
        return DIRECT.of(address, List.of());
    }

    @Test
    void withoutTrustedProxiesTheHeaderIsNotLookedAt() {
        assertEquals(plain("203.0.113.7"), DIRECT.of("203.0.113.7", List.of("198.51.100.1")));
        assertEquals(plain("203.0.113.7"), PROXIED.of("203.0.113.7", List.of("198.51.100.1")));
    }

    @Test
    void theLastOneBeforeTheProxiesCounts() {
        assertEquals(plain("203.0.113.7"), PROXIED.of("10.1.2.3", List.of("198.51.100.1, 203.0.113.7")));
        assertEquals(plain("203.0.113.7"), PROXIED.of("10.1.2.3", List.of("198.51.100.1", "203.0.113.7, 10.9.9.9")));
        assertEquals(plain("203.0.113.7"), PROXIED.of("::ffff:10.1.2.3", List.of("203.0.113.7:4711")));
        assertEquals(plain("2001:db8::1"), PROXIED.of("fd00::1", List.of("[2001:db8::1]:4711")));
        assertEquals(plain("203.0.113.7"), PROXIED.of("192.0.2.200", List.of("203.0.113.7")));
        assertEquals(plain("192.0.2.20"), PROXIED.of("192.0.2.20", List.of("203.0.113.7")));
    }

    @Test
    void whatIsNoAddressEndsTheSearch() {
        assertEquals(plain("10.1.2.3"), PROXIED.of("10.1.2.3", List.of()));
        assertEquals(plain("10.1.2.3"), PROXIED.of("10.1.2.3", List.of("203.0.113.7, unknown")));
        assertEquals(plain("10.1.2.3"), PROXIED.of("10.1.2.3", List.of("evil.example")));
        assertEquals("unknown", PROXIED.of(null, List.of("203.0.113.7")));
        assertEquals(plain("10.0.0.1"), PROXIED.of("10.0.0.1", List.of("203.0.113.7" + ", 10.0.0.1".repeat(40))));
    }

    @Test
    void anIpv6NetworkIsOneClient() {
        assertEquals(plain("2001:db8:1:2::1"), plain("2001:db8:1:2:ffff::9"));
        assertNotEquals(plain("2001:db8:1:2::1"), plain("2001:db8:1:3::1"));
        assertEquals(plain("203.0.113.7"), plain("::ffff:203.0.113.7"));
    }

    @Test
    void whatIsNoNetworkIsTold() {
        assertTrue(ClientAddress.isNetwork("10.0.0.0/8"));
        assertTrue(ClientAddress.isNetwork("::1"));
        for (String wrong : List.of("", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/-1", "host", "fd00::/129")) {
            assertFalse(ClientAddress.isNetwork(wrong), wrong);
        }
    }
}
