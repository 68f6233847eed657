package dev.heddle.testing;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * The polling of Awaitility in every test: at once, then every 10 ms. JUnit finds this listener as a service and calls
 * it once in each JVM, before the first test.
 */
public final class AwaitilityDefaults implements LauncherSessionListener {
    private static final Duration INTERVAL = Duration.ofMillis(10);

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(INTERVAL);
    }
}
