package dev.septet.activities.source.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.prepare.SourceRun;
import dev.septet.activities.source.RemoteRun;
import dev.septet.dsl.pipeline.prepare.QuerySpec;
import dev.septet.workflows.FailureType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Queries to a real PostgreSQL server. */
@Tag("long")
class QueryRowsTest {
    @RegisterExtension
    static final Postgres POSTGRES = new Postgres();

    private static final Map<String, String> PASSWORD = Map.of("WAREHOUSE_PASSWORD", "only reads");

    @TempDir
    Path folder;

    @BeforeAll
    static void fill() throws SQLException {
        POSTGRES.execute("create table tickets (id int primary key, prompt text, completion text)");
        POSTGRES.execute("insert into tickets select n, 'q ' || n, 'a ' || n from generate_series(1, 250) n");
        POSTGRES.execute("create table secrets (id int)");
        POSTGRES.execute("revoke all on secrets from reader");
        POSTGRES.execute("create type mood as enum ('good', 'bad')");
        POSTGRES.execute(
                "create table kinds (id int primary key, t text, v varchar(9), c char(3), b boolean, s smallint, l"
                        + " bigint, n numeric(30,10), r real, d double precision, day date, at timestamp, atz timestamptz,"
                        + " h time, j json, jb jsonb, ta text[], ia int[][], ba boolean[], u uuid, m mood, i interval, e"
                        + " text)");
        POSTGRES.execute("insert into kinds values (1, E'x\\n\\u00e9\\U0001F600', 'v', 'c', true, -1, 9007199254740993,"
                + " 12345678901234567890.5, 0.5, 1e300, '2024-01-02', '2024-01-02 03:04:05.6',"
                + " '2024-01-02 03:04:05+05', '03:04:05', E'{\"a\":\\n [1, \"x\\\\n\"]}', '{\"k\": {\"z\": null}}',"
                + " array['a,b', null], '{{1,2},{3,4}}', array[true,false], '6d1a9e0c-0000-4000-8000-000000000001',"
                + " 'good', '1 day 02:00', null)");
    }

    private RemoteRun run(String more) {
        return new RemoteRun(folder, PASSWORD, POSTGRES.operator(more));
    }

    private static String dataset(String query) {
        return "dataset jdbc('warehouse', query: '''%s''')".formatted(query);
    }

    private void fails(String query, FailureType type, String... words) {
        fails(run(""), query, type, words);
    }

    private static void fails(RemoteRun run, String query, FailureType type, String... words) {
        assertThatThrownBy(() -> run.prepare(dataset(query))).isInstanceOfSatisfying(StageProblem.class, problem -> {
            assertThat(problem.getMessage()).contains(words);
            assertThat(problem.type()).isEqualTo(type);
        });
    }

    @Test
    void everyRowOfTheQueryIsARow() throws IOException {
        SourceRun run = run("").prepare(dataset("select prompt, completion from tickets where id <= 210 order by id"));
        assertThat(run.card().rows().kept()).isEqualTo(210);
        assertThat(run.rows())
                .filteredOn(row -> row.place().line() == 207)
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.promptText()).isEqualTo("q 207");
                    assertThat(row.place().toString()).matches("query [0-9a-f]{8} of jdbc:warehouse:207");
                });
        assertThat(run.card().source().file()).matches("query [0-9a-f]{8} of jdbc:warehouse");
    }

    @Test
    void theProgressIsANumberOfRows() throws IOException {
        assertThat(run("").queried(dataset("select prompt, completion from tickets order by id")))
                .isEqualTo(250);
    }

    @Test
    void everyTypeHasAJsonForm() throws IOException {
        assertThat(run("").texts(dataset("select * from kinds order by id"))).containsExactly("""
            {"id":1,"t":"x\\né\uD83D\uDE00","v":"v","c":"c  ","b":true,"s":-1,"l":9007199254740993,\
            "n":12345678901234567890.5000000000,"r":0.5,"d":1e+300,"day":"2024-01-02","at":"2024-01-02 03:04:05.6",\
            "atz":"2024-01-01 22:04:05+00","h":"03:04:05","j":{"a":  [1, "x\\n"]},"jb":{"k": {"z": null}},\
            "ta":["a,b",null],"ia":[[1,2],[3,4]],"ba":[true,false],"u":"6d1a9e0c-0000-4000-8000-000000000001",\
            "m":"good","i":"P1DT2H","e":null}
            """);
    }

    @Test
    void jsonColumnsAreMessages() throws IOException {
        SourceRun run = run("").prepare(dataset("""
            select json_build_array(json_build_object('role', 'user', 'content', prompt),
                json_build_object('role', 'assistant', 'content', completion)) as messages
            from tickets where id < 4 order by id\
            """));
        assertThat(run.card().source().format()).isEqualTo("chat");
        assertThat(run.card().rows().kept()).isEqualTo(3);
    }

    @Test
    void aNumberThatJsonLacksIsABadRow() throws IOException {
        SourceRun run = run("").prepare(
                        dataset("select prompt, completion, case id when 2 then 'NaN'::float8 else 1 end as x"
                                        + " from tickets where id < 4 order by id")
                                + "\nmaxBadRows 1");
        assertThat(run.card().rows().kept()).isEqualTo(2);
        assertThat(Files.readString(run.out().resolve("quarantine.jsonl"))).contains("of jdbc:warehouse:2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "select sha256('a') as image order by 1 | INVALID_PIPELINE | column image has binary values (bytea)",
                "select row(1, 2) as pair order by 1 | INVALID_PIPELINE | column pair has the type record",
                "select array[now()] as times order by 1 | INVALID_PIPELINE | column times is an array whose elements",
                "select id, id from tickets order by 1 | INVALID_PIPELINE | column id is there twice",
                "select nothing from tickets order by 1 | INVALID_PIPELINE | column \"nothing\" does not exist",
                "select * from nothing order by 1 | INVALID_PIPELINE | relation \"nothing\" does not exist",
                "select from order by | INVALID_PIPELINE | syntax error",
                "select * from secrets order by 1 | POLICY_DENIED | user reader of database 'warehouse' may not read"
                        + " this",
                "select pg_read_file('/etc/passwd') order by 1 | POLICY_DENIED | permission denied for function"
                        + " pg_read_file",
                "with t as (insert into tickets values (0, '', '') returning id) select * from t order by 1 |"
                        + " INVALID_PIPELINE | the query writes",
                "select 1 / (id - 1) from tickets order by id | POISON_DATA | a value of a row cannot be computed (SQL"
                        + " state 22012)",
                "select prompt::int from tickets order by id | POISON_DATA | (SQL state 22P02); exclude such rows",
                "select n from generate_series(1, 1000) n order by n | INVALID_PIPELINE | returns more than 500 rows,"
                        + " which is `rows:`",
                "select repeat('x', 100000) t from generate_series(1, 90) n order by n | INVALID_PIPELINE | returns"
                        + " more than 5 MB, which is `megabytes:`",
            })
    void namesWhatIsWrong(String query, FailureType type, String why) {
        fails(run("timeout: 2s\n    rows: 500\n    megabytes: 5"), query, type, why);
    }

    @Test
    void aQueryThatTakesTooLongIsEnded() {
        fails(
                run("timeout: 1s"),
                "select pg_sleep(60)::text order by 1",
                FailureType.INVALID_PIPELINE,
                "takes longer than 1 seconds, which is `timeout:`");
    }

    @Test
    void rowsOfManyMegabytesAreNotKeptInMemory() {
        fails(
                "select repeat('x', 2000000) t from generate_series(1, 90) n order by n",
                FailureType.POISON_DATA,
                "100 rows in sequence have more than 128 MB");
    }

    /** The grant is the operator's mistake; the transaction still writes nothing. */
    @Test
    void theTransactionIsReadOnly() throws SQLException {
        POSTGRES.execute("create table written (id int)");
        POSTGRES.execute("grant insert on written to reader");
        POSTGRES.execute(
                "create function writes() returns int language sql as 'insert into written values (1) returning id'");
        fails(
                "select writes() order by 1",
                FailureType.INVALID_PIPELINE,
                "the query writes, but a source may only read");
    }

    @Test
    void aUserWithPowerOverTheServerIsRefused() throws SQLException {
        POSTGRES.execute("create role loader login password 'only reads' in role pg_read_server_files");
        for (String user : new String[] {"postgres", "loader"}) {
            fails(
                    new RemoteRun(folder, PASSWORD, POSTGRES.operator("").replace("user: reader", "user: " + user)),
                    "select 1 order by 1",
                    FailureType.POLICY_DENIED,
                    "user %s of database 'warehouse' may read or write files".formatted(user));
        }
    }

    @Test
    void anUnreachableDatabaseMayAnswerTheNextAttempt() {
        fails(
                new RemoteRun(folder, PASSWORD, POSTGRES.operator("").replace(":" + POSTGRES.port(), ":1")),
                "select 1 order by 1",
                FailureType.BACKEND_FAILED,
                "database 'warehouse' failed (SQL state 08001): Connection to 127.0.0.1:1 refused");
    }

    @Test
    void wrongCredentialsAreTheOperatorsMistake() {
        fails(
                new RemoteRun(
                        folder,
                        Map.of("WAREHOUSE_PASSWORD", "x"),
                        POSTGRES.operator("").replace("user: reader", "user: nobody")),
                "select 1 order by 1",
                FailureType.POLICY_DENIED,
                "refuses user nobody (SQL state 28000)");
        fails(
                new RemoteRun(folder, PASSWORD, POSTGRES.operator("").replace("/postgres", "/nothing")),
                "select 1 order by 1",
                FailureType.POLICY_DENIED,
                "(SQL state 3D000)");
        fails(
                new RemoteRun(folder, Map.of(), POSTGRES.operator("")),
                "select 1 order by 1",
                FailureType.POLICY_DENIED,
                "the worker has no environment variable WAREHOUSE_PASSWORD");
    }

    @Test
    void aCancelledRunEndsTheQuery() throws IOException {
        Path operator = Files.writeString(folder.resolve("operator.yaml"), POSTGRES.operator(""));
        assertThatThrownBy(() -> new QueryRows(new DeclaredDatabases(operator, PASSWORD))
                        .write(
                                new QuerySpec("warehouse", "select pg_sleep(600)::text order by 1"),
                                "q",
                                "p",
                                folder.resolve("rows"),
                                rows -> {
                                    throw new IllegalStateException("cancelled");
                                }))
                .hasMessage("cancelled");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "pipelines: [p] | pipelines: [other] | does not let pipeline 'p' query this database",
                "warehouse: | archive: | has no database 'warehouse' in `databases:`; it has archive",
                "user: reader | rows: 5 | user: expected a user of the database who may only read",
                "user: reader | user: reader, rows: 0 | rows: expected a whole number of at least 1",
                "/postgres | /postgres?user=a&password=b | address: expected an address without a user and a password",
                "jdbc:postgresql: | postgresql: | address: expected an address such as jdbc:postgresql:",
                "jdbc:postgresql: | jdbc:oracle: | the worker has no JDBC driver for the address",
            })
    void theOperatorDecides(String from, String to, String why) {
        String operator = POSTGRES.operator("").replace(from, to.replace(", ", "\n    "));
        fails(new RemoteRun(folder, PASSWORD, operator), "select 1 order by 1", FailureType.POLICY_DENIED, why);
    }
}
