package dev.septet.activities.prepare.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.dataset.ChatRole;
import dev.septet.activities.dataset.ChatRow;
import dev.septet.activities.dataset.CompletionRow;
import dev.septet.activities.dataset.Message;
import dev.septet.activities.dataset.Row;
import dev.septet.activities.dataset.RowJson;
import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.TextRow;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.dsl.pipeline.prepare.AugmentSpec;
import dev.septet.dsl.pipeline.prepare.CleaningSpec.RowText;
import dev.septet.dsl.pipeline.prepare.CounterfactualSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changed copies of rows. */
class AugmentationTest {
    private static final RowPlace PLACE = new RowPlace("rows.jsonl", 1);
    private static final String QUESTION = "My parcel from Vienna has not arrived, where is [EMAIL] or item A-17?";

    @TempDir
    private Path folder;

    private static CompletionRow row(String prompt, String completion) {
        return new CompletionRow(prompt, completion, PLACE);
    }

    private static AugmentSpec spec(AugmentSpec.Kind kind, int copies, RowText on, String... forms) {
        return new AugmentSpec(
                kind, copies, 100, on, 7, kind == AugmentSpec.Kind.SYNONYMS ? "words.txt" : null, List.of(forms));
    }

    private List<String> prompts(AugmentSpec spec, String prompt) throws IOException {
        return copies(spec, row(prompt, "Answer stays")).stream()
                .map(copy -> {
                    assertThat(((CompletionRow) copy).completion()).isEqualTo("Answer stays");
                    return ((CompletionRow) copy).prompt();
                })
                .toList();
    }

    private List<Row> copies(AugmentSpec spec, Row row) throws IOException {
        Augmentation augmentation = new Augmentation(spec, name -> new WordFile(folder.resolve(name), name));
        return augmentation.copies(row, RowJson.digest(row));
    }

    @Test
    void casingChangesLettersOfWordsOnly() throws IOException {
        assertThat(prompts(spec(AugmentSpec.Kind.CASING, 10, RowText.PROMPT), QUESTION))
                .containsExactlyInAnyOrder(
                        "my parcel from vienna has not arrived, where is [EMAIL] or item A-17?",
                        "MY PARCEL FROM VIENNA HAS NOT ARRIVED, WHERE IS [EMAIL] OR ITEM A-17?",
                        "My parcel from vienna has not arrived, where is [EMAIL] or item A-17?");
        assertThat(prompts(spec(AugmentSpec.Kind.CASING, 3, RowText.PROMPT), "123 [EMAIL]"))
                .isEmpty();
    }

    @Test
    void typosAreFewAndLeaveFirstLettersAndPlaceholders() throws IOException {
        List<String> copies = prompts(spec(AugmentSpec.Kind.TYPOS, 10, RowText.PROMPT), QUESTION);
        assertThat(copies).hasSize(10);
        assertThat(new HashSet<>(copies)).hasSizeGreaterThan(5);
        String[] words = QUESTION.split(" ");
        for (String copy : copies) {
            String[] changed = copy.split(" ");
            assertThat(changed).hasSameSizeAs(words);
            int differences = 0;
            for (int i = 0; i < words.length; i++) {
                if (!words[i].equals(changed[i])) {
                    differences++;
                    assertThat(words[i]).matches("\\p{L}{4,}[,?]?");
                    assertThat(changed[i].charAt(0)).isEqualTo(words[i].charAt(0));
                    assertThat(Math.abs(changed[i].length() - words[i].length()))
                            .isLessThanOrEqualTo(1);
                }
            }
            assertThat(differences).isEqualTo(1);
        }
    }

    @Test
    void aNeighbouringKeyIsOneOfAKeyboardWithAllLettersOfTheWord() {
        assertThat(KeyboardLayout.ALL.get(0).near('g').chars().sorted().toArray())
                .isEqualTo("bfhtvy".chars().sorted().toArray());
        assertThat(KeyboardLayout.ALL.get(1).near('z'))
                .contains("t", "u", "g", "h")
                .doesNotContain("x");
        assertThat(KeyboardLayout.ALL.get(3).near('\u043f')).isNotEmpty();
        assertThat(KeyboardLayout.of("\u4f60\u597d", new java.util.Random(1))).isNull();
    }

    @Test
    void textsOfEveryScriptAreLeftValid() throws IOException {
        for (String text : List.of(
                "\u0413\u0434\u0435 \u043c\u043e\u044f \u043f\u043e\u0441\u044b\u043b\u043a\u0430?",
                "\u4f60\u597d\u4e16\u754c \u8bf7\u95ee\u5305\u88f9",
                "\u0915\u094d\u0937\u0947\u0924\u094d\u0930 \u0939\u093f\u0928\u094d\u0926\u0940",
                "\ud835\udcb3\ud835\udcb3\ud835\udcb3\ud835\udcb3 \ud83d\ude00",
                "\u00dcbergr\u00f6\u00dfe STRASSE \u0130stanbul")) {
            for (AugmentSpec.Kind kind : List.of(AugmentSpec.Kind.CASING, AugmentSpec.Kind.TYPOS)) {
                for (String copy : prompts(spec(kind, 10, RowText.PROMPT), text)) {
                    assertThat(new String(
                                    copy.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                                    java.nio.charset.StandardCharsets.UTF_8))
                            .isEqualTo(copy);
                }
            }
        }
    }

    @Test
    void synonymsKeepTheLetterCase() throws IOException {
        Files.writeString(folder.resolve("words.txt"), "# my words\nparcel, package\narrived, come\n");
        assertThat(prompts(spec(AugmentSpec.Kind.SYNONYMS, 5, RowText.PROMPT), "Parcel here. PARCEL there."))
                .isNotEmpty()
                .allMatch(copy ->
                        copy.equals("Package here. PARCEL there.") || copy.equals("Parcel here. PACKAGE there."));
        assertThat(prompts(spec(AugmentSpec.Kind.SYNONYMS, 5, RowText.PROMPT), "Nothing known."))
                .isEmpty();
    }

    @Test
    void wordNetReplacesWordsWithOneMeaningOnly() throws IOException {
        AugmentSpec spec =
                new AugmentSpec(AugmentSpec.Kind.SYNONYMS, 3, 100, RowText.PROMPT, 0, AugmentSpec.WORDNET, List.of());
        assertThat(prompts(spec, "The model is rarely wrong. Moreover it is cheap."))
                .containsOnly(
                        "The model is seldom wrong. Moreover it is cheap.",
                        "The model is rarely wrong. Furthermore it is cheap.");
        assertThat(prompts(spec, "Book a bank order and run the light model.")).isEmpty();
        assertThat(WordNet.get()).hasSizeBetween(100, 1000).containsEntry("graveyard", List.of("cemetery"));
        WordNet.get()
                .forEach((word, others) ->
                        assertThat(others).doesNotContain(word).isSorted());
    }

    @Test
    void aWrongLineOfAListIsNamed() throws IOException {
        Files.writeString(folder.resolve("words.txt"), "a, b\nalone\n");
        assertThatThrownBy(() -> prompts(spec(AugmentSpec.Kind.SYNONYMS, 1, RowText.PROMPT), "a"))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageStartingWith("words.txt:2: expected 2 to 200 different words");
        Files.write(folder.resolve("words.txt"), new byte[] {'a', ',', (byte) 0xff});
        assertThatThrownBy(() -> prompts(spec(AugmentSpec.Kind.SYNONYMS, 1, RowText.PROMPT), "a"))
                .hasMessage("words.txt: is not UTF-8; save it as UTF-8");
    }

    @Test
    void formsAreDifferentForEachCopyAndForTheLastTurnOnly() throws IOException {
        assertThat(prompts(
                        spec(AugmentSpec.Kind.TEMPLATE, 3, RowText.PROMPT, "Please: {prompt}", "{prompt} Thanks!"),
                        "Go $1"))
                .containsExactlyInAnyOrder("Please: Go $1", "Go $1 Thanks!");
        ChatRow chat = new ChatRow(
                List.of(
                        new Message(ChatRole.SYSTEM, "s"),
                        new Message(ChatRole.USER, "one"),
                        new Message(ChatRole.ASSISTANT, "two"),
                        new Message(ChatRole.USER, "three"),
                        new Message(ChatRole.ASSISTANT, "four")),
                PLACE);
        assertThat(copies(spec(AugmentSpec.Kind.TEMPLATE, 1, RowText.PROMPT, "Q: {prompt}"), chat))
                .extracting(copy ->
                        ((ChatRow) copy).messages().stream().map(Message::text).toList())
                .containsExactly(List.of("s", "one", "two", "Q: three", "four"));
        assertThat(copies(spec(AugmentSpec.Kind.CASING, 1, RowText.ANSWER), chat))
                .extracting(copy -> String.join(
                        " ",
                        ((ChatRow) copy).messages().stream().map(Message::text).toList()))
                .containsAnyOf("s one TWO three FOUR", "s one Two three Four");
    }

    @Test
    void plainTextChangesOnlyWhenItsTextIsDeclared() throws IOException {
        TextRow text = new TextRow("some plain text", PLACE);
        assertThat(copies(spec(AugmentSpec.Kind.CASING, 1, RowText.PROMPT), text))
                .isEmpty();
        assertThat(copies(spec(AugmentSpec.Kind.CASING, 1, RowText.BOTH), text)).hasSize(1);
    }

    @Test
    void theShareIsMetAndIndependentOfTheOrder() {
        RowDraw draw = new RowDraw("augment typos", 7);
        long chosen = 0;
        for (int i = 0; i < 10_000; i++) {
            chosen += draw.chooses(RowJson.digest(row("q" + i, "a")), 30) ? 1 : 0;
        }
        assertThat(chosen).isBetween(2_850L, 3_150L);
    }

    private TermSwap swap(Map<String, String> pairs, @Nullable String file) throws IOException {
        return new TermSwap(
                new CounterfactualSpec(new TreeMap<>(pairs), file), name -> new WordFile(folder.resolve(name), name));
    }

    @Test
    void termsAreSwappedInQuestionAndAnswerWithTheirCase() throws IOException {
        TermSwap swap = swap(Map.of("he", "she", "man", "woman", "old man", "old woman"), null);
        assertThat(swap.swapped(row("He is a man; THE MAN said: \"he\"", "She, the old woman, sheds he-man"))
                        .map(RowJson::canonical))
                .contains(RowJson.canonical(
                        row("She is a woman; THE WOMAN said: \"she\"", "He, the old man, sheds she-woman")));
        assertThat(swap.swapped(row("nobody", "here"))).isEmpty();
        assertThat(swap.counts()).isEqualTo(new TermSwap.Counts(1, 1, 0));
    }

    @Test
    void aTermOfTwoPairsMakesNoCopy() throws IOException {
        Files.writeString(folder.resolve("pairs.csv"), "his,her\nhim,her\n");
        TermSwap swap = swap(Map.of(), "pairs.csv");
        assertThat(swap.swapped(row("It is his", "yes"))).isPresent();
        assertThat(swap.swapped(row("It is her", "yes"))).isEmpty();
        assertThat(swap.counts()).isEqualTo(new TermSwap.Counts(2, 0, 1));
        Files.writeString(folder.resolve("pairs.csv"), "his,her\na,b,c\n");
        assertThatThrownBy(() -> swap(Map.of(), "pairs.csv"))
                .hasMessage("pairs.csv:2: a line has one pair: two terms with a comma between them");
    }

    @Test
    void changesAreTheSameInEveryProcess() throws IOException {
        assertThat(prompts(spec(AugmentSpec.Kind.TYPOS, 2, RowText.PROMPT), QUESTION))
                .containsExactlyInAnyOrder(
                        "My parcel from Vienna has not arrived, where is [EMAIL] or ietm A-17?",
                        "My parcel from Vienna has not arrivde, where is [EMAIL] or item A-17?");
    }
}
