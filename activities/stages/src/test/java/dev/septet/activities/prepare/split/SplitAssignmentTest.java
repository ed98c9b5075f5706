package dev.septet.activities.prepare.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.septet.activities.dataset.RowPlace;
import dev.septet.activities.dataset.RowProblem;
import dev.septet.activities.dataset.file.DatasetProblem;
import dev.septet.activities.store.Sha256;
import dev.septet.dsl.pipeline.prepare.BalanceSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.SplitSpec;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Strata, groups, times and classes of rows. */
class SplitAssignmentTest {
    private static PrepareSpec spec(SplitSpec split, @Nullable BalanceSpec balance) {
        return new PrepareSpec(
                        "rows.jsonl",
                        null,
                        DatasetFormat.AUTO,
                        0,
                        List.of(),
                        false,
                        null,
                        split,
                        64,
                        PrepareSpec.DEFAULT_POLICY)
                .with(balance);
    }

    private static SplitSpec split(@Nullable String stratify, @Nullable String by, @Nullable String time) {
        return new SplitSpec(80, 10, 10, stratify, by, time);
    }

    private static Mixture assigned(PrepareSpec spec, int rows, IntFunction<Map<String, String>> values) {
        SplitAssignment assignment = new SplitAssignment(spec, 1);
        for (int row = 0; row < rows; row++) {
            assignment.add(digest(row), new RowPlace("rows.jsonl", row + 1), values.apply(row));
        }
        return new Mixture(assignment);
    }

    private static byte[] digest(int row) {
        return Sha256.start().digest(("row " + row).getBytes(StandardCharsets.UTF_8));
    }

    private static Map<SplitName, Integer> counts(Mixture assigned, IntStream rows) {
        Map<SplitName, Integer> counts = new EnumMap<>(SplitName.class);
        rows.forEach(row -> counts.merge(assigned.split(row), 1, Integer::sum));
        return counts;
    }

    @Test
    void everyValueHasTheSharesOfTheSplit() {
        IntFunction<Map<String, String>> topic = row -> Map.of("topic", row % 10 == 0 ? "rare" : "usual");
        Mixture assigned = assigned(spec(split("topic", null, null), null), 1000, topic);
        assertThat(counts(assigned, IntStream.range(0, 1000).filter(row -> row % 10 == 0)))
                .isEqualTo(Map.of(SplitName.TRAIN, 80, SplitName.VALIDATION, 10, SplitName.TEST, 10));
        assertThat(counts(assigned, IntStream.range(0, 1000).filter(row -> row % 10 != 0)))
                .isEqualTo(Map.of(SplitName.TRAIN, 720, SplitName.VALIDATION, 90, SplitName.TEST, 90));
    }

    @Test
    void aValueWithTooFewRowsIsAnErrorAndNoRandomSplit() {
        IntFunction<Map<String, String>> topic = row -> Map.of("topic", row == 7 || row == 9 ? "s3cret" : "usual");
        assertThatThrownBy(() -> assigned(spec(split("topic", null, null), null), 100, topic))
                .isInstanceOf(DatasetProblem.class)
                .hasMessage(
                        "rows.jsonl:8: `split stratify: 'topic'` needs at least 3 rows with this row's value, one for"
                                + " each split, but found 2; combine rare values with `map`, or leave these rows out with"
                                + " `filter`");
    }

    @Test
    void aSampleIsNotRefusedForItsFewRows() {
        SplitAssignment assignment = new SplitAssignment(
                spec(split("topic", null, null), new BalanceSpec("topic", BalanceSpec.Method.OVERSAMPLE)), 1, true);
        for (int row = 0; row < 500; row++) {
            assignment.add(
                    digest(row), new RowPlace("rows.jsonl", row + 1), Map.of("topic", row == 7 ? "rare" : "usual"));
        }
        assertThat(new Mixture(assignment).split(7)).isNotNull();
    }

    @Test
    void aFieldWithAValuePerRowIsNoClass() {
        assertThatThrownBy(() ->
                        assigned(spec(split("topic", null, null), null), 1001, row -> Map.of("topic", "value " + row)))
                .isInstanceOf(DatasetProblem.class)
                .hasMessage("rows.jsonl:1001: this row's value is the 1,001th of the field in `split stratify:`; name a"
                        + " field with at most 1,000 values");
    }

    @Test
    void aGroupIsInOneSplit() {
        IntFunction<Map<String, String>> customer = row -> Map.of("customer", "c" + row % 60);
        Mixture assigned = assigned(spec(split(null, "customer", null), null), 600, customer);
        for (int row = 0; row < 600; row++) {
            assertThat(assigned.split(row)).isEqualTo(assigned.split(row % 60));
        }
        assertThat(counts(assigned, IntStream.range(0, 600)))
                .isEqualTo(Map.of(SplitName.TRAIN, 480, SplitName.VALIDATION, 60, SplitName.TEST, 60));
    }

    @Test
    void groupsAreStratifiedByTheirMostFrequentValue() {
        // A customer's rows have one topic, except for its first row.
        IntFunction<Map<String, String>> row = number -> Map.of(
                "customer",
                "c" + number / 10,
                "topic",
                number % 10 == 0 ? "usual" : number / 10 % 4 == 0 ? "rare" : "usual");
        Mixture assigned = assigned(spec(split("topic", "customer", null), null), 2000, row);
        for (int number = 0; number < 2000; number++) {
            assertThat(assigned.split(number)).isEqualTo(assigned.split(number / 10 * 10));
        }
        assertThat(counts(assigned, IntStream.range(0, 2000).filter(number -> number / 10 % 4 == 0)))
                .isEqualTo(Map.of(SplitName.TRAIN, 400, SplitName.VALIDATION, 50, SplitName.TEST, 50));
    }

    @Test
    void theNewestRowsTest() {
        IntFunction<Map<String, String>> created = row ->
                Map.of("created", String.format(Locale.ROOT, "2026-%02d-%02d", 12 - row / 28 % 12, 1 + row % 28));
        Mixture assigned = assigned(spec(split(null, null, "created"), null), 280, created);
        String newestTraining = newest(assigned, SplitName.TRAIN, created);
        String newestValidation = newest(assigned, SplitName.VALIDATION, created);
        for (int row = 0; row < 280; row++) {
            String day = created.apply(row).get("created");
            if (assigned.split(row) == SplitName.TEST) {
                assertThat(day).isGreaterThan(newestValidation);
            } else if (assigned.split(row) == SplitName.VALIDATION) {
                assertThat(day).isGreaterThan(newestTraining);
            }
        }
        assertThat(counts(assigned, IntStream.range(0, 280)))
                .isEqualTo(Map.of(SplitName.TRAIN, 224, SplitName.VALIDATION, 28, SplitName.TEST, 28));
    }

    private static String newest(Mixture rows, SplitName split, IntFunction<Map<String, String>> created) {
        return IntStream.range(0, 280)
                .filter(row -> rows.split(row) == split)
                .mapToObj(row -> created.apply(row).get("created"))
                .max(String::compareTo)
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-05-31, 1780185600000",
        "2026-05-31T12:00:00Z, 1780228800000",
        "2026-05-31T12:00:00+02:00, 1780221600000",
        "2026-05-31 12:00:00.500, 1780228800500",
        "2026-05-31T12:00, 1780228800000",
        "2026-05-31T12:00:00.5Z, 1780228800500",
        "2026-05-31T12:00:00.1234567+02:00, 1780221600123",
        "1780228800.25, 1780228800250",
        "1780228800, 1780228800000",
        "1780228800000, 1780228800000",
        "-1, -1000"
    })
    void timesAreIso8601OrNumbers(String text, long millis) {
        assertThat(RowTime.millis(text, "created")).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"yesterday", "31.05.2026", "2026-02-30", "NaN", "1e999", "2026-05-31T25:00:00Z", "0x10"})
    void otherTextsAreNoTimes(String text) {
        assertThatThrownBy(() -> RowTime.millis(text, "created"))
                .isInstanceOf(RowProblem.class)
                .hasMessageStartingWith("\"created\" is no time for `split time:`; expected ISO 8601");
    }

    @Test
    void rowsWithoutTheFieldsOnlyTrain() {
        SplitAssignment assignment = new SplitAssignment(spec(split(null, null, "created"), null), 1);
        for (int row = 0; row < 100; row++) {
            assignment.add(
                    digest(row),
                    new RowPlace("rows.jsonl", row + 1),
                    row < 90 ? Map.of("created", String.valueOf(row)) : null);
        }
        Mixture assigned = new Mixture(assignment);
        assertThat(counts(assigned, IntStream.range(90, 100))).isEqualTo(Map.of(SplitName.TRAIN, 10));
        assertThat(counts(assigned, IntStream.range(0, 90)))
                .isEqualTo(Map.of(SplitName.TRAIN, 72, SplitName.VALIDATION, 9, SplitName.TEST, 9));
    }

    private static List<Mixture> folds(SplitSpec split, int rows, IntFunction<Map<String, String>> values) {
        return IntStream.rangeClosed(1, Objects.requireNonNull(split.folds()))
                .mapToObj(fold -> {
                    SplitAssignment assignment = new SplitAssignment(spec(split, null), 1, false, fold);
                    for (int row = 0; row < rows; row++) {
                        assignment.add(digest(row), new RowPlace("rows.jsonl", row + 1), values.apply(row));
                    }
                    return new Mixture(assignment);
                })
                .toList();
    }

    private static long testedIn(List<Mixture> folds, int row) {
        return folds.stream().filter(fold -> fold.split(row) == SplitName.TEST).count();
    }

    /** 203 rows: the folds test 40 or 41 of them, and the 10 percent for validation never test. */
    @Test
    void everyRowTestsInOneFold() {
        List<Mixture> folds = folds(new SplitSpec(80, 10, 10, null, null, null, null, 5), 203, row -> Map.of());
        IntStream.range(0, 203).forEach(row -> assertThat(testedIn(folds, row)).isEqualTo(1));
        for (Mixture fold : folds) {
            Map<SplitName, Integer> counts = counts(fold, IntStream.range(0, 203));
            assertThat(counts.get(SplitName.TEST)).isBetween(40, 41);
            assertThat(counts.get(SplitName.VALIDATION)).isEqualTo(20);
        }
    }

    /** Each of 30 values has 7 rows: one or two of them test in each fold, and the folds are of nearly equal size. */
    @Test
    void everyValueIsInEveryFold() {
        IntFunction<Map<String, String>> topic = row -> Map.of("topic", "t" + row % 30);
        List<Mixture> folds = folds(new SplitSpec(90, 0, 10, "topic", null, null, null, 5), 210, topic);
        for (Mixture fold : folds) {
            assertThat(counts(fold, IntStream.range(0, 210)).get(SplitName.TEST))
                    .isEqualTo(42);
            for (int value = 0; value < 30; value++) {
                int first = value;
                assertThat(counts(fold, IntStream.range(0, 7).map(i -> first + 30 * i))
                                .get(SplitName.TEST))
                        .isBetween(1, 2);
            }
        }
        assertThatThrownBy(() -> folds(new SplitSpec(90, 0, 10, "topic", null, null, null, 5), 100, topic))
                .hasMessageContaining("needs at least 5 rows with this row's value, one for each fold, but found");
    }

    /** Five folds, but four customers, or five of which one has most of the rows. */
    @ParameterizedTest
    @CsvSource({"4, 1", "5, 90", "1, 1"})
    void aFoldWithoutRowsIsRefusedBeforeTheFolds(int customers, int large) {
        PrepareSpec spec = spec(new SplitSpec(80, 10, 10, null, "customer", null, null, 5), null);
        IntFunction<Map<String, String>> customer =
                row -> Map.of("customer", "customer " + (row < large ? 0 : row % customers));
        assertThatThrownBy(() -> assigned(spec, 100, customer))
                .isInstanceOf(DatasetProblem.class)
                .hasMessageContaining("`split folds: 5`: fold ")
                .hasMessageContaining("has no rows to ")
                .hasMessageContaining(
                        String.format(Locale.ROOT, "100 rows have %d different values of `by: 'customer'`", customers))
                .hasMessageContaining("lower `folds:`");
    }

    @Test
    void fewRowsForTheFoldsAreRefused() {
        PrepareSpec spec = spec(new SplitSpec(80, 10, 10, null, null, null, null, 5), null);
        assertThatThrownBy(() -> assigned(spec, 4, row -> Map.of()))
                .hasMessageContaining("the 4 rows have 4 different texts; lower `folds:`");
        assertThat(assigned(spec, 5, row -> Map.of()).size()).isEqualTo(5);
    }

    /** 30 percent for validation are more than the last fold has: the rest are the first rows. */
    @Test
    void validationGoesOnAtTheFirstRow() {
        List<Mixture> folds = folds(new SplitSpec(60, 30, 10, null, null, null, null, 5), 100, row -> Map.of());
        for (Mixture fold : folds) {
            assertThat(counts(fold, IntStream.range(0, 100)))
                    .isEqualTo(Map.of(SplitName.TRAIN, 50, SplitName.VALIDATION, 30, SplitName.TEST, 20));
        }
    }

    @Test
    void aGroupIsInOneFold() {
        IntFunction<Map<String, String>> customer = row -> Map.of("customer", "c" + row / 10);
        List<Mixture> folds = folds(new SplitSpec(80, 10, 10, null, "customer", null, null, 4), 400, customer);
        for (int group = 0; group < 40; group++) {
            int first = 10 * group;
            for (Mixture fold : folds) {
                assertThat(IntStream.range(first, first + 10).mapToObj(fold::split))
                        .containsOnly(fold.split(first));
            }
            assertThat(testedIn(folds, first)).isEqualTo(1);
        }
    }

    private static Mixture balanced(BalanceSpec.Method by, int rows, int every) {
        return assigned(
                spec(split("label", null, null), new BalanceSpec("label", by)),
                rows,
                row -> Map.of("label", row % every == 0 ? "spam" : "ham"));
    }

    private static int written(Mixture assigned, IntStream rows) {
        return rows.filter(row -> assigned.split(row) == SplitName.TRAIN)
                .map(assigned::copies)
                .sum();
    }

    @ParameterizedTest
    @CsvSource({"OVERSAMPLE, 720", "UNDERSAMPLE, 80"})
    void bothClassesAreWrittenEquallyOften(BalanceSpec.Method by, int expected) {
        Mixture assigned = balanced(by, 1000, 10);
        assertThat(written(assigned, IntStream.range(0, 1000).filter(row -> row % 10 == 0)))
                .isEqualTo(expected);
        assertThat(written(assigned, IntStream.range(0, 1000).filter(row -> row % 10 != 0)))
                .isEqualTo(expected);
        assertThat(IntStream.range(0, 1000)
                        .filter(row -> assigned.split(row) != SplitName.TRAIN)
                        .map(assigned::copies))
                .containsOnly(1);
        assertThat(IntStream.range(0, 1000)
                        .filter(row -> row % 10 == 0 && assigned.split(row) == SplitName.TRAIN)
                        .map(assigned::copies))
                .as("every row of the small class is repeated about equally often")
                .allMatch(copies -> copies == (by == BalanceSpec.Method.OVERSAMPLE ? 9 : 1));
        assertThat(Objects.requireNonNull(assigned.balance()).card().classes())
                .isEqualTo(Map.of(
                        "spam", new BalancedClasses.Count(80, expected),
                        "ham", new BalancedClasses.Count(720, expected)));
    }

    @Test
    void weightsGiveEachClassTheSameProbability() {
        Mixture assigned = balanced(BalanceSpec.Method.WEIGHTS, 1000, 10);
        double[] sums = new double[2];
        IntStream.range(0, 1000)
                .filter(row -> assigned.split(row) == SplitName.TRAIN)
                .forEach(row -> sums[row % 10 == 0 ? 0 : 1] += assigned.weight(row));
        assertThat(sums[0]).isCloseTo(400, within(1e-3));
        assertThat(sums[1]).isCloseTo(400, within(1e-3));
    }

    @Test
    void aRowIsNotRepeatedMoreThanAHundredTimes() {
        assertThatThrownBy(() -> balanced(BalanceSpec.Method.OVERSAMPLE, 2000, 500))
                .isInstanceOf(DatasetProblem.class)
                .hasMessage("rows.jsonl:1: `balance by: oversample` would repeat a row more than 100 times: this row's"
                        + " class has 2 training rows, the largest class 1,596; add rows, combine classes with"
                        + " `map`, or use `by: weights`");
    }
}
