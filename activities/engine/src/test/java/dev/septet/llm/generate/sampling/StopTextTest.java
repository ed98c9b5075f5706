package dev.septet.llm.generate.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopTextTest {
    @Test
    void holdsBackWhatMayBeTheBeginning() {
        StopText stops = new StopText(List.of("###", "END"));
        assertThat(stops.add("a#")).isEqualTo("a");
        assertThat(stops.add("#b")).isEqualTo("##b");
        assertThat(stops.add("E")).isEmpty();
        assertThat(stops.add("N")).isEmpty();
        assertThat(stops.finish()).isEqualTo("EN");
        assertThat(stops.found()).isFalse();
    }

    @Test
    void longStopTextsCostALongAnswerNoMoreThanShortOnes() {
        List<String> stops = List.of(
                "a".repeat(10_000) + "b", "a".repeat(10_000) + "c", "ab".repeat(5_000) + "c", "a".repeat(9_999));
        StopText some = new StopText(stops.subList(0, 3));
        long said = 0;
        long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (int i = 0; i < 50_000; i++) {
            said += some.add("aaaa").length();
        }
        said += some.finish().length();

        assertThat(said).isEqualTo(200_000);
        long used = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began;
        assertThat(Duration.ofNanos(used)).isLessThan(Duration.ofSeconds(10));
        StopText all = new StopText(stops);
        assertThat(all.add("b" + "a".repeat(20_000))).isEqualTo("b");
        assertThat(all.found()).isTrue();
    }

    @Test
    void cutsAtTheEarliestWhereverThePiecesBreak() {
        Random draw = new Random(3);
        List<String> wanted = List.of("ab", "bca", "cc");
        for (int round = 0; round < 2000; round++) {
            StringBuilder text = new StringBuilder();
            draw.ints(draw.nextInt(12), 'a', 'd').forEach(text::appendCodePoint);
            int stop = -1;
            // The answer ends with the first piece that completes a stop text: here every
            // character.
            for (int end = 1; end <= text.length() && stop < 0; end++) {
                for (String each : wanted) {
                    int at = text.substring(0, end).indexOf(each);
                    stop = at >= 0 && (stop < 0 || at < stop) ? at : stop;
                }
            }
            StopText stops = new StopText(wanted);
            StringBuilder said = new StringBuilder();
            for (int i = 0; i < text.length() && !stops.found(); i++) {
                said.append(stops.add(text.substring(i, i + 1)));
            }
            if (!stops.found()) {
                said.append(stops.finish());
            }
            assertThat(stops.found()).isEqualTo(stop >= 0);
            assertThat(said.toString())
                    .as(text.toString())
                    .isEqualTo(stop < 0 ? text.toString() : text.substring(0, stop));
        }
    }
}
