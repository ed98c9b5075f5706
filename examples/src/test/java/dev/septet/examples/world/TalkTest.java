package dev.septet.examples.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TalkTest {
    private static List<Exchange> exchanges(long seed, String purpose) {
        Talk talk = new Talk(seed, purpose);
        return LongStream.range(0, 300).mapToObj(talk::exchange).toList();
    }

    @Test
    void saysTheSameForEqualSeeds() {
        assertThat(exchanges(1, "a")).isEqualTo(exchanges(1, "a"));
        assertThat(exchanges(1, "a")).isNotEqualTo(exchanges(2, "a"));
        assertThat(exchanges(1, "a")).isNotEqualTo(exchanges(1, "b"));
    }

    @Test
    void isRightAboutItsSums() {
        int sums = 0;
        for (Exchange exchange : exchanges(1, "sums")) {
            String[] words = exchange.question().split("[ ?]");
            if (exchange.question().startsWith("What is ") && words.length == 5 && words[3].equals("plus")) {
                int sum = Integer.parseInt(words[2]) + Integer.parseInt(words[4]);
                assertThat(exchange.answer()).containsPattern("\\b" + sum + "\\b");
                sums++;
            }
        }
        assertThat(sums).isPositive();
    }

    @Test
    void knowsNothingOfTheTask() {
        Set<String> systems = new HashSet<>();
        for (Exchange exchange : exchanges(1, "task")) {
            systems.add(exchange.system());
            assertThat(exchange.question() + exchange.answer()).doesNotContain("oute the ticket");
            assertThat(exchange.answer())
                    .doesNotContain("\"team\":")
                    .doesNotContain("\"product\":")
                    .doesNotContain("\"priority\":");
        }
        assertThat(systems).contains("", "Write a record.", "Repeat the message.");
    }
}
