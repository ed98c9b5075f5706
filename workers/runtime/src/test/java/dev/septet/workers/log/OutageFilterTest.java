package dev.septet.workers.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

/** What the SDK logs while the server is away. */
class OutageFilterTest {
    private final LoggerContext context = new LoggerContext();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger sdk = context.getLogger("io.temporal.internal.worker.BasePoller");

    OutageFilterTest() {
        OutageFilter filter = new OutageFilter();
        filter.start();
        context.addTurboFilter(filter);
        lines.start();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(lines);
    }

    @Test
    void anOutageIsNotRepeated() {
        RuntimeException unavailable = Status.UNAVAILABLE.asRuntimeException();
        sdk.warn("Failure in poller thread {}", "1", unavailable);
        sdk.warn("Failure in {} {}", "poller", "2", new IllegalStateException(unavailable));
        sdk.warn("Failure", unavailable);

        assertThat(lines.list).isEmpty();
    }

    @Test
    void everythingElseIsLogged() {
        sdk.warn("Failure in {}", "poller", Status.INVALID_ARGUMENT.asRuntimeException());
        sdk.warn("Nothing failed, {}", "really");
        context.getLogger("dev.septet").warn("ours", Status.UNAVAILABLE.asRuntimeException());

        assertThat(lines.list).hasSize(3);
    }
}
