package dev.septet.activities.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** Work in another thread belongs to the activity that began it, and leaves nothing behind. */
class CallerContextTest {
    private final List<String> seen = new ArrayList<>();

    @AfterEach
    void forget() {
        MDC.clear();
    }

    @Test
    @SuppressWarnings("try") // the scope ends with the block
    void carriesLogFieldsAndTheSpanLimit() throws Exception {
        SpanLimit limit = new SpanLimit();
        MDC.put("RunId", "0199");
        Runnable work;
        try (Scope scope = Context.current().with(limit).makeCurrent()) {
            work = CallerContext.of(
                    () -> seen.add(MDC.get("RunId") + " " + (SpanLimit.of(Context.current()) == limit)));
        }

        Thread other = new Thread(() -> {
            MDC.put("own", "1");
            work.run();
            seen.add(String.valueOf(MDC.getCopyOfContextMap()));
        });
        other.start();
        other.join();

        assertThat(seen).containsExactly("0199 true", Map.of("own", "1").toString());
    }

    @Test
    void wrapsNothingOutsideOfActivities() {
        Runnable work = () -> {};

        assertThat(CallerContext.of(work)).isSameAs(work);
    }

    @Test
    void theLimitCountsEachNameAlone() {
        SpanLimit limit = new SpanLimit();
        for (int span = 0; span < SpanLimit.OF_ONE_NAME; span++) {
            assertThat(limit.admits("checkpoint")).isTrue();
        }

        assertThat(limit.admits("checkpoint")).isFalse();
        assertThat(limit.admits("store")).isTrue();
        assertThat(limit.leftOut()).isEqualTo(1);
    }
}
