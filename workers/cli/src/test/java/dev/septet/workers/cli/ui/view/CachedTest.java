package dev.septet.workers.cli.ui.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class CachedTest {
    private Instant now = Instant.parse("2026-11-29T18:00:00Z");
    private final Queue<Object> answers = new ArrayDeque<>();
    private final List<Object> read = new ArrayList<>();
    private final Cached<Object> cached = new Cached<>(this::answer, Duration.ofSeconds(2), Runnable::run, new Moved());

    private final class Moved extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private Object answer() throws IOException {
        Object answer = answers.remove();
        read.add(answer);
        if (answer instanceof IOException failed) {
            throw failed;
        }
        return answer;
    }

    @Test
    void readsAgainWhenTheClockWasSetBack() {
        answers.add("one");
        answers.add("two");

        assertThat(cached.get().value()).isEqualTo("one");
        now = now.minus(Duration.ofDays(365));
        assertThat(cached.get().value()).isEqualTo("two");
        assertThat(cached.get().value()).isEqualTo("two");
    }

    @Test
    void readsOnceForAllWhoLookWithinSeconds() {
        answers.add("one");
        answers.add("two");

        assertThat(cached.get().value()).isEqualTo("one");
        assertThat(cached.get().value()).isEqualTo("one");
        now = now.plusSeconds(3);
        assertThat(cached.get().value()).isEqualTo("two");
        assertThat(read).containsExactly("one", "two");
    }

    @Test
    void keepsTheLastValueAndSaysWhyItIsNotCurrent() {
        answers.add("one");
        answers.add(new IOException("the disk is gone"));
        answers.add("three");
        Instant first = now;
        cached.get();
        now = now.plusSeconds(60);

        Cached.Held<Object> held = cached.get();

        assertThat(held.value()).isEqualTo("one");
        assertThat(held.at()).isEqualTo(first);
        assertThat(held.problem()).isEqualTo("the disk is gone");
        now = now.plusSeconds(60);
        assertThat(cached.get()).isEqualTo(new Cached.Held<>("three", now, null));
    }

    @Test
    void aChangeIsReadAtOnce() {
        answers.add("one");
        answers.add("two");
        cached.get();

        cached.expire();

        assertThat(cached.get().value()).isEqualTo("two");
    }
}
