package dev.septet.activities.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class DigestSetTest {
    @Test
    void knowsWhatItHasSeen() {
        DigestSet seen = new DigestSet();
        for (int round = 0; round < 2; round++) {
            for (long i = 0; i < 3_000; i++) {
                // Neighbouring slots: the worst case for open addressing.
                byte[] digest =
                        ByteBuffer.allocate(32).putLong(i / 3).putLong(i * 2).array();
                assertThat(seen.add(digest)).isEqualTo(round == 0);
            }
        }
        assertThat(seen.add(new byte[32])).isFalse();
    }
}
