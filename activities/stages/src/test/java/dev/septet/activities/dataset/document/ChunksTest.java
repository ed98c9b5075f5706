package dev.septet.activities.dataset.document;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChunksTest {
    /** A token is a word with the white space before it, or four characters of a longer word. */
    private static final TextTokens WORDS = new TextTokens() {
        @Override
        public int[] ends(String text) {
            List<Integer> ends = new ArrayList<>();
            int length = 0;
            for (int at = 0; at < text.length(); at++) {
                boolean space = Character.isWhitespace(text.charAt(at));
                boolean wordEnds = at + 1 == text.length() || Character.isWhitespace(text.charAt(at + 1));
                length = space ? 0 : length + 1;
                if (!space && (wordEnds || length == 4)) {
                    ends.add(at + 1);
                    length = 0;
                }
            }
            return ends.stream().mapToInt(Integer::intValue).toArray();
        }

        @Override
        public int around() {
            return 1;
        }
    };

    private static List<Chunks.Chunk> chunks(String text, int tokens, int overlap) {
        Chunks chunks = new Chunks(PlainTexts.plain(text), new ChunkLimit(tokens, overlap, WORDS));
        List<Chunks.Chunk> all = new ArrayList<>();
        for (var next = chunks.next(); next.isPresent(); next = chunks.next()) {
            all.add(next.get());
        }
        return all;
    }

    private static List<String> texts(String text, int tokens, int overlap) {
        return chunks(text, tokens, overlap).stream().map(Chunks.Chunk::text).toList();
    }

    @Test
    void keepsAShortTextWhole() {
        assertThat(texts("\n\n  one two\n\nsix \n", 9, 0)).containsExactly("one two\n\nsix");
    }

    @Test
    void prefersTheEndOfAParagraph() {
        assertThat(texts("a b c d. e f\n\ng h. i j k l m", 9, 0)).containsExactly("a b c d. e f", "g h. i j k l m");
    }

    @Test
    void prefersTheEndOfASentenceToAWord() {
        assertThat(texts("a b c d e (f!) g h i j k. l m", 9, 0)).containsExactly("a b c d e (f!)", "g h i j k. l m");
    }

    @Test
    void endsAtALineOrAWordOtherwise() {
        assertThat(texts("a b c d e\nf g h i j k l m n o p", 9, 0))
                .containsExactly("a b c d e", "f g h i j k l m", "n o p");
    }

    @Test
    void dividesAWordThatIsTooLong() {
        assertThat(texts("x".repeat(20), 4, 0)).containsExactly("x".repeat(12), "x".repeat(8));
        String faces = "\ud83d\ude00".repeat(9);
        assertThat(String.join("", texts(faces, 4, 0))).isEqualTo(faces);
        assertThat(texts(faces, 4, 0)).allMatch(part -> part.codePoints().allMatch(c -> c == 0x1f600));
    }

    @Test
    void repeatsTheLastWords() {
        assertThat(texts("a b c d e f g h i j k l m n", 9, 3))
                .containsExactly("a b c d e f g h", "f g h i j k l m", "k l m n");
    }

    @Test
    void repeatsAWholeSentenceIfOneFits() {
        assertThat(texts("a b c d e. f g. h i j k l m n. o p", 9, 3))
                .containsExactly("a b c d e. f g.", "f g. h i j k l m", "k l m n. o p");
    }

    @Test
    void namesTheLineOfEachChunk() {
        assertThat(chunks("\n\na b c d e\nf g h\n\n\ni j k l m n o p q", 9, 0))
                .extracting(Chunks.Chunk::place)
                .containsExactly(3, 7, 7);
    }

    /** Each word is in a chunk, in order; no chunk is too long; equal texts have equal chunks. */
    @Test
    void losesNothing() {
        Random random = new Random(7);
        for (int round = 0; round < 400; round++) {
            String text = random(random);
            int tokens = 2 + random.nextInt(30);
            int overlap = random.nextInt(tokens / 2 + 1);
            List<String> whole = texts(text, tokens, 0);
            assertThat(String.join("", whole).replaceAll("\\s", "")).isEqualTo(text.replaceAll("\\s", ""));
            List<Chunks.Chunk> repeated = chunks(text, tokens, overlap);
            assertThat(repeated).isEqualTo(chunks(text, tokens, overlap));
            for (Chunks.Chunk chunk : repeated) {
                assertThat(WORDS.ends(chunk.text()).length + 1).isBetween(1, tokens);
            }
            assertThat(repeated.size()).isGreaterThanOrEqualTo(whole.size() / 2);
        }
    }

    private static String random(Random random) {
        String[] parts = {
            " ", " ", "\n", "\n\n", ". ", "a", "bc", "def", "a-long-word-here", "\u3002", "! ", "\ud83d\ude00", "\t"
        };
        StringBuilder text = new StringBuilder();
        IntStream.range(0, random.nextInt(200)).forEach(i -> text.append(parts[random.nextInt(parts.length)]));
        return text.toString();
    }

    @Test
    void passesOverTextWithoutLosingItsPlace() {
        Chunks chunks = new Chunks(PlainTexts.plain("a b c d\n".repeat(100)), new ChunkLimit(9, 0, WORDS));
        assertThat(chunks.next()).hasValue(new Chunks.Chunk(1, "a b c d\na b c d"));
        assertThat(chunks.skip()).hasValue(new Chunks.Chunk(3, ""));
        assertThat(chunks.progress()).isBetween(0.03, 0.05);
        assertThat(chunks.next().orElseThrow().place()).isEqualTo(5);
    }

    @Test
    void boundsAChunkWithoutTokens() {
        TextTokens nothing = new TextTokens() {
            @Override
            public int[] ends(String text) {
                return new int[0];
            }

            @Override
            public int around() {
                return 0;
            }
        };
        Chunks chunks = new Chunks(PlainTexts.plain("a ".repeat(10_000)), new ChunkLimit(8, 0, nothing));
        assertThat(chunks.next().orElseThrow().text().length()).isLessThanOrEqualTo(128);
    }
}
