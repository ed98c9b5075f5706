package dev.septet.workers.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.septet.workers.local.Connection;
import dev.septet.workers.local.Pollers;
import dev.septet.workers.local.RealServer;
import dev.septet.workers.server.ServerClock.Difference;
import io.temporal.testserver.TestServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerClockTest {
    private static final Instant NOW = Instant.parse("2028-02-29T12:00:00Z");
    private static final Duration TOLERATED = Duration.ofSeconds(5);

    @Test
    void thePollsOfWorkersShowAClockThatIsAheadOrBehind() {
        assertThat(ServerClock.difference(List.of(), NOW)).isEmpty();
        assertThat(ServerClock.difference(List.of(NOW.minusSeconds(60)), NOW)).isEmpty();
        assertThat(ServerClock.difference(List.of(NOW.minusSeconds(299)), NOW))
                .as("a worker that ended")
                .isEmpty();
        assertThat(ServerClock.difference(List.of(NOW.minusSeconds(7200), NOW.plusSeconds(3600)), NOW))
                .contains(new Difference(Duration.ofHours(-1), false));
        assertThat(ServerClock.difference(List.of(NOW.minus(Duration.ofDays(366))), NOW))
                .contains(new Difference(Duration.ofDays(366), false));
    }

    @Test
    void aDifferenceSaysHowMuch() {
        assertThat(ServerClock.difference(NOW, NOW.plusSeconds(5), TOLERATED)).isEmpty();
        assertThat(ServerClock.difference(NOW, NOW.plusSeconds(6), TOLERATED)
                        .orElseThrow()
                        .words())
                .isEqualTo("6 s ahead of");
        assertThat(new Difference(Duration.ofSeconds(-130), true).words()).isEqualTo("2 min 10 s behind");
        assertThat(new Difference(Duration.ofMinutes(125), true).words()).isEqualTo("2 h 5 min ahead of");
        assertThat(new Difference(Duration.ofHours(8765), false).words()).isEqualTo("at least 365 d 5 h ahead of");
    }

    @Test
    void aRealServersClockIsReadWithoutAWorker(@TempDir Path folder) throws IOException {
        try (RealServer server = RealServer.start(folder)) {
            Connection connection = server.connection();
            ServerClock clock = ServerClock.read(connection.stubs(), "default").orElseThrow();
            assertThat(clock.now()).isCloseTo(Instant.now(), within(20, ChronoUnit.SECONDS));

            Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofDays(365).plusMinutes(70));
            assertThat(ServerClock.difference(connection.stubs(), "default", List.of("septet"), ahead, TOLERATED))
                    .hasValueSatisfying(
                            difference -> assertThat(difference.words()).isEqualTo("365 d 1 h ahead of"));
            assertThat(ServerClock.difference(
                            connection.stubs(), "default", List.of("septet"), Clock.systemUTC(), TOLERATED))
                    .isEmpty();
            assertThat(ServerClock.read(connection.stubs(), "no-such-namespace"))
                    .isEmpty();
            assertThat(ServerClock.compare(
                                    connection.stubs(), "default", List.of("septet"), Clock.systemUTC(), TOLERATED)
                            .known())
                    .isTrue();
            assertThat(ServerClock.compare(
                            connection.stubs(), "no-such-namespace", List.of("septet"), ahead, TOLERATED))
                    .as("a server that refuses to tell is not a server whose clock agrees")
                    .isEqualTo(ServerClock.Comparison.UNKNOWN);
            assertThat(Pollers.any(connection, "septet"))
                    .as("the poll is of another queue")
                    .isFalse();
        }
    }

    @Test
    void theInMemoryServerHasNoClockToRead() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        ServerRef ref = new ServerRef("127.0.0.1:" + port, ServerRef.NAMESPACE, ServerRef.Kind.IN_MEMORY, null);
        try (var memory = TestServer.createPortBoundServer(port, true);
                Connection connection = Connection.open(ref)) {
            assertThat(memory).isNotNull();
            assertThat(ServerClock.now(connection.stubs(), ServerRef.NAMESPACE))
                    .isCloseTo(Instant.now(), within(20, ChronoUnit.SECONDS));
        }
    }
}
