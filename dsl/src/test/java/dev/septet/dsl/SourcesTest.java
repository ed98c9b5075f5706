package dev.septet.dsl;

import static dev.septet.dsl.PipelineTexts.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.dsl.pipeline.prepare.BucketFilesSpec;
import dev.septet.dsl.pipeline.prepare.DatasetFormat;
import dev.septet.dsl.pipeline.prepare.DocumentsSpec;
import dev.septet.dsl.pipeline.prepare.PrepareSpec;
import dev.septet.dsl.pipeline.prepare.QuerySpec;
import dev.septet.dsl.pipeline.prepare.SourceSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a pipeline's rows come from. */
class SourcesTest {
    private static PrepareSpec prepare(String lines) {
        return spec("pipeline('p') {\nprepare {\n" + lines
                        + "\n}\ninitialize { model 'm/x' }\ntrain { method lora() }\n}\n")
                .prepare();
    }

    /** The spec of a file that names one dataset must not change: its digest is in histories and stage keys. */
    @Test
    void keepsTheSpecOfOnePlainDataset() {
        PrepareSpec one = prepare("dataset 'a.jsonl', format: chat");
        assertThat(one.sources()).isEmpty();
        assertThat(one.dataset()).isEqualTo("a.jsonl");
        assertThat(one.format()).isEqualTo(DatasetFormat.CHAT);
        assertThat(one.inputs()).containsExactly(new SourceSpec("a.jsonl", null, DatasetFormat.CHAT, null));
    }

    @Test
    void readsSeveralDatasetsInTheOrderOfTheFile() {
        PrepareSpec many = prepare("""
            dataset 'b.jsonl', format: chat, share: 75.percent, limit: 1000, licence: 'cc-by-4.0'
            dataset pipeline('tickets'), share: 25.percent
            dataset 'c.csv', split: test
            """);
        assertThat(many.dataset()).isNull();
        assertThat(many.inputs())
                .containsExactly(
                        new SourceSpec("b.jsonl", null, DatasetFormat.CHAT, null, 75.0, null, 1000L, null, "cc-by-4.0"),
                        new SourceSpec(null, "tickets", DatasetFormat.AUTO, null, 25.0, null, null, null, null),
                        new SourceSpec(
                                "c.csv", null, DatasetFormat.AUTO, null, null, null, null, SourceSpec.Part.TEST, null));
        assertThat(many.source()).isEqualTo("b.jsonl and 2 more");
    }

    @Test
    void aDatasetOfValidationRowsGivesAValidationLoss() {
        String file = """
            pipeline('p') {
                prepare {
                    dataset 'a.jsonl'
                    dataset 'b.jsonl', split: validation
                    split train: 90.percent, test: 10.percent
                }
                initialize { model 'm/x' }
                train { method lora(); validate every: 50.steps; stop patience: 3 }
            }
            """;
        assertThat(spec(file).train().validateEvery()).isEqualTo(50);
    }

    @Test
    void readsDocumentsAsPlainText() {
        PrepareSpec spec = prepare("dataset documents('manuals/', chunk: 128, overlap: 16), licence: 'cc0-1.0'");
        assertThat(spec.inputs())
                .containsExactly(new SourceSpec(
                        "manuals/",
                        null,
                        DatasetFormat.TEXT,
                        null,
                        null,
                        null,
                        null,
                        null,
                        "cc0-1.0",
                        null,
                        new DocumentsSpec(128, 16),
                        null,
                        null,
                        null));
        SourceSpec plain = prepare("dataset documents('a.pdf')").inputs().get(0);
        assertThat(plain.documents()).isEqualTo(new DocumentsSpec(null, null));
        assertThat(new DocumentsSpec(null, 0)).isEqualTo(plain.documents());
    }

    @Test
    void recordsTheOptionsOfOneDataset() {
        PrepareSpec one = prepare("dataset 'a.jsonl', weight: 2");
        assertThat(one.dataset()).isNull();
        assertThat(one.inputs()).singleElement().extracting(SourceSpec::weight).isEqualTo(2.0);
    }

    @Test
    void readsFilesOfABucketByTheOperatorsName() {
        SourceSpec source = prepare("dataset s3('warehouse', path: 'tickets/part-*.jsonl'), licence: 'cc0-1.0'")
                .inputs()
                .get(0);
        assertThat(source.s3()).isEqualTo(new BucketFilesSpec("warehouse", "tickets/part-*.jsonl"));
        assertThat(source.name()).isEqualTo("s3:warehouse/tickets/part-*.jsonl");
        assertThat(source.fixed()).isFalse();
    }

    @Test
    void readsTheRowsOfAQuery() {
        String query = "select prompt, completion from tickets order by id";
        SourceSpec source = prepare("dataset jdbc('warehouse', query: '%s'), format: completion".formatted(query))
                .inputs()
                .get(0);
        assertThat(source.jdbc()).isEqualTo(new QuerySpec("warehouse", query));
        assertThat(source.format()).isEqualTo(DatasetFormat.COMPLETION);
        assertThat(source.name()).matches("query [0-9a-f]{8} of jdbc:warehouse");
    }

    @Test
    void readsReviewedRowsAsChats() {
        SourceSpec source =
                prepare("dataset reviewed('support'), split: train").inputs().get(0);
        assertThat(source.reviewed()).isEqualTo("support");
        assertThat(source.format()).isEqualTo(DatasetFormat.CHAT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1 order by 1",
                "SELECT a FROM t ORDER /* c */ BY a;",
                "with t as (select ';' as a) select a from t order by a -- ; drop",
                "select $$ it's ; $$, $q$ $$ ; $q$, \"a;b\" from t order by 1",
                "select 'it''s;' from t /* a /* b; */ c */ order by 1",
            })
    void acceptsOneQueryWithAnOrder(String query) {
        assertThat(new QuerySpec("db", query).query()).isEqualTo(query);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "delete from t | must be one statement that reads",
                "select 1 | its result has no order",
                "select array_agg(a order by a) from t | its result has no order",
                "select 1 order by 1; delete from t | has more than one statement",
                "select 1 order by 1;; select 2 | has more than one statement",
                "select E'a\\'' order by 1 | has a literal of the form E'...'",
                "select 'a order by 1 | a quotation with ' is never closed",
                "select (1 order by 1 | a bracket is never closed",
                "select 1) order by 1 | a bracket is closed",
                "select $a$ order by 1 | a quotation with $a$ is never closed",
                "select 1 /* /* */ order by 1 | a comment is never closed",
                "select order_by from t -- order by 1 | its result has no order",
            },
            quoteCharacter = '~')
    void refusesOtherQueries(String query, String why) {
        assertThatThrownBy(() -> new QuerySpec("db", query))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("query: " + why);
    }
}
