package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.identity.FakeProvider;
import dev.septet.workflows.PipelineReport;
import dev.septet.workflows.artifact.Approval;
import io.temporal.client.WorkflowStub;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.interactions.Actions;

/** A run from its training to its drift on the page of {@code septet dev}, in a real browser. */
@Tag("nightly")
class UiPageIT {
    private static final String NAME = "watched";
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    @TempDir
    static Path root;

    private static DevStack stack;
    private static FakeProvider provider;
    private static Browser browser;
    private static String address;

    @BeforeAll
    static void start() throws Exception {
        Workspace watched = Workspace.in(root, NAME, 120, asking(Pipelines.watched(60)));
        String odd = "{\"prompt\":\"%s\",\"answer\":\"x\"}\n".formatted("qx zv 99 ".repeat(60));
        Files.writeString(watched.folder().resolve("audit.jsonl"), odd.repeat(60));
        Workspace.in(
                root,
                "stranded",
                120,
                Pipelines.small(10).replace("setup { seed 11;", "setup { seed 11; resources queue: 'lab-gpu';"));
        provider = new FakeProvider("llm-leads");
        Path operator =
                provider.declare(Files.createDirectory(root.resolve("etc")).resolve("operator.yaml"));
        stack = DevStack.start(
                root.resolve("state"),
                Map.of("SEPTET_UNSIGNED_APPROVALS", "allow", "SEPTET_TRAINERS", operator.toString()),
                root);
        browser = Browser.open();
        Matcher link = Pattern.compile("Pages +(http://\\S+)/(#\\S+)")
                .matcher(Files.readString(stack.state().resolve("dev.txt")));
        assertThat(link.find()).isTrue();
        address = link.group(1);
        browser.visit(URI.create(address + "/workers"));
        assertThat(browser.driver().getTitle())
                .as("nobody is let in without the token")
                .isEqualTo("Sign in - Septet");
        browser.visit(URI.create(address + "/" + link.group(2)));
    }

    @AfterAll
    static void stop() {
        browser.close();
        stack.close();
        provider.close();
    }

    @Test
    void aRunIsPausedApprovedAndWatchedOnThePage() throws Exception {
        shows("Pipelines", "stranded", NAME);
        stack.begin("stranded");
        WorkflowStub run = stack.begin(NAME);

        open("/pipeline?name=" + NAME);
        shows("Pause the training", "its history in Temporal's Web UI");
        browser.element("button[value=pause]").click();
        shows("Resume the training");
        Looks.good(browser, "ui-training");
        browser.show(Browser.LAPTOP, false).element("button[value=resume]").click();

        open("/workers");
        shows(
                "no worker polls the task queue lab-gpu; start one with septet worker --role training --queue lab-gpu",
                "1 task waits",
                "septet-gpu");
        Looks.good(browser, "ui-workers");

        open("/");
        shows("waits for a worker", "on lab-gpu", "waits for approval");
        Looks.good(browser, "ui-pipelines");
        browser.show(Browser.LAPTOP, false);
        press("/");
        press(NAME + Keys.ENTER);
        await("one match").atMost(PATIENCE).until(() -> !browser.text().contains("stranded"));
        press("a");
        shows("May this model be published?", "by ml-oncall", "exactMatch");
        Looks.good(browser, "ui-approval");
        browser.show(Browser.LAPTOP, false)
                .element("input[name=comment]")
                .sendKeys("seen <b>in</b> Chromium" + Keys.ENTER);
        assertThat(stack.status(NAME).waiting()).as("Enter approves nothing").isNotNull();
        browser.element("button[value=approve]").click();
        shows("1 of 2 agreed");
        await("the focus on what the button did")
                .atMost(PATIENCE)
                .until(() -> "notice"
                        .equals(browser.driver().switchTo().activeElement().getDomAttribute("id")));
        answersBySigningIn();
        PipelineReport report = stack.result(run, PATIENCE);
        assertThat(Objects.requireNonNull(report.deployment()).approvals())
                .extracting(Approval::approver, Approval::comment, Approval::signed)
                .containsExactly(
                        tuple(System.getProperty("user.name"), "seen <b>in</b> Chromium", false),
                        tuple("anna@example.com", null, true));

        open("/");
        shows(NAME, "live ", "Go", "confirmed");
        press("j");
        press("j");
        assertThat(browser.driver().switchTo().activeElement().getText()).isEqualTo(NAME);
        press(Keys.ENTER.toString());
        shows("live version", "drift is confirmed", "of machine time", "completed");
        Looks.good(browser, "ui-pipeline");
        press("?");
        assertThat(browser.element("dialog").getText()).contains("search pipelines");
        browser.element("#single").click();
        browser.element("dialog button").click();
        press("c");
        assertThat(browser.driver().getCurrentUrl()).as("the keys are off").contains("/pipeline");
        open("/costs");
        shows("GPU hours", NAME, "no price given");
        Looks.good(browser, "ui-costs");
        assertThat(browser.driver()
                        .executeScript("return performance.getEntriesByType('resource')"
                                + ".filter(one => !one.name.startsWith(location.origin)).length"))
                .as("requests to other servers")
                .isEqualTo(0L);
    }

    /** A second person, whom the identity provider knows. */
    private static void answersBySigningIn() throws Exception {
        browser.element("form[action='/sign-out'] button").click();
        shows("Sign in with 127.0.0.1");
        Looks.good(browser, "ui-sign-in");
        browser.show(Browser.LAPTOP, false).element("a.button").click();
        shows("anna@example.com, read only");
        open("/approvals");
        shows("1 of 2 agreed", "sign in once more for this answer");
        browser.element("button[value=approve]").click();
        shows("Approve this model?");
        Looks.good(browser, "ui-signed-answer");
        browser.show(Browser.LAPTOP, false).element("a.button").click();
        shows("is approved", "Nothing waits for an approval");
    }

    private static void open(String path) {
        browser.show(Browser.LAPTOP, false).visit(URI.create(address + path));
    }

    /** The page refreshes itself. */
    private static void shows(String... texts) {
        await("the texts of the page")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(browser.text()).contains(texts));
    }

    private static void press(CharSequence keys) {
        new Actions(browser.driver()).sendKeys(keys).perform();
    }

    private static String asking(String pipeline) {
        return pipeline.replace(
                "quantize int8\n",
                "quantize int8\n        approval from: 'ml-oncall', within: 20.minutes, quorum: 2\n");
    }
}
