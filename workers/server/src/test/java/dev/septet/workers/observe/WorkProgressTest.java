package dev.septet.workers.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** An engine that hangs is not healthy; one that has nothing to do is. */
class WorkProgressTest {
    private final AtomicLong nanos = new AtomicLong();
    private final WorkProgress progress = new WorkProgress(Duration.ofMinutes(15), nanos::get);

    private void pass(int minutes) {
        nanos.addAndGet(Duration.ofMinutes(minutes).toNanos());
    }

    @Test
    void tellsAnEngineThatHangsFromOneWithoutWork() {
        pass(60);
        assertThat(progress.problem()).isNull();
        progress.began();
        progress.began();
        pass(14);
        progress.advanced();
        pass(14);
        assertThat(progress.problem()).isNull();
        pass(2);
        assertThat(progress.problem()).isEqualTo("answers in progress: 2, but none has advanced for 960 s");
        progress.ended();
        assertThat(progress.problem()).as("the other one may still advance").isNull();
        progress.ended();
        pass(60);
        assertThat(progress.problem()).isNull();
    }
}
