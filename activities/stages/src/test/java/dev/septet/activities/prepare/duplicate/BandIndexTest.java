package dev.septet.activities.prepare.duplicate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BandIndexTest {
    private static final int BANDS = 3;

    @TempDir
    private Path folder;

    /** More texts than the heap keeps: the tables move to files in the middle. */
    @Test
    void filesAndHeapFindWhatListsFind() throws IOException {
        Random random = new Random(5);
        Map<Long, List<Integer>> buckets = new HashMap<>();
        long full = 0;
        try (BandIndex stored = new BandIndex(BANDS, folder.resolve("bands"));
                BandIndex inHeap = new BandIndex(BANDS, null)) {
            for (int text = 0; text < 100_000; text++) {
                int[] keys = new int[BANDS];
                List<Integer> expected = new ArrayList<>();
                for (int band = 0; band < BANDS; band++) {
                    // Some keys are so frequent that their buckets are full; neighbours meet while probing.
                    keys[band] = random.nextInt(10) == 0 ? random.nextInt(100) - 50 : random.nextInt(60_000);
                    expected.addAll(buckets.getOrDefault((long) band << 32 ^ keys[band], List.of()));
                }
                int[] found = stored.candidates(keys);
                Arrays.sort(found);
                assertThat(found)
                        .isEqualTo(expected.stream()
                                .sorted()
                                .mapToInt(Integer::intValue)
                                .toArray());
                int[] same = inHeap.candidates(keys);
                Arrays.sort(same);
                assertThat(same).isEqualTo(found);
                stored.add(keys);
                inHeap.add(keys);
                for (int band = 0; band < BANDS; band++) {
                    List<Integer> bucket =
                            buckets.computeIfAbsent((long) band << 32 ^ keys[band], any -> new ArrayList<>());
                    if (bucket.size() == BandIndex.MAX_BUCKET) {
                        full++;
                    } else {
                        bucket.add(text);
                    }
                }
            }
            assertThat(folder).isNotEmptyDirectory();
            assertThat(stored.fullBuckets())
                    .isEqualTo(inHeap.fullBuckets())
                    .isEqualTo(full)
                    .isPositive();
        }
        assertThat(folder).isEmptyDirectory();
    }
}
