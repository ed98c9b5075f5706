package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.septet.activities.audit.AnswerEvent;
import dev.septet.activities.audit.AuditEvent;
import dev.septet.activities.audit.AuditLogs;
import dev.septet.activities.audit.AuditRecord;
import dev.septet.activities.audit.AuditSettings;
import dev.septet.activities.audit.FeedbackEvent;
import dev.septet.activities.audit.Thumb;
import dev.septet.activities.encryption.AtRestEncryption;
import dev.septet.activities.serving.Route;
import dev.septet.activities.serving.Routes;
import dev.septet.activities.serving.Variant;
import dev.septet.activities.store.Fence;
import dev.septet.activities.store.LocalStore;
import dev.septet.workers.serve.ModelServer;
import dev.septet.workers.serve.ServeSettings;
import dev.septet.workers.serve.audit.AuditBook;
import dev.septet.workers.serve.backend.EngineBackend;
import dev.septet.workers.serve.backend.ModelBackend;
import dev.septet.workers.serve.http.ApiKeys;
import dev.septet.workers.serve.http.ServeLimits;
import dev.septet.workers.serve.model.HostedBackend;
import dev.septet.workers.serve.model.Models;
import dev.septet.workers.serve.model.RouteReloader;
import dev.septet.workers.serve.model.VariantOpener;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The chat page in a real browser. */
@TestMethodOrder(MethodOrderer.MethodName.class)
class ChatPageIT {
    private static final String KEY = "a-key-that-is-long-enough";
    private static final Path MODEL = Workspace.CHECKOUT.resolve("examples/quickstart/base-model");
    private static final Duration SOON = Duration.ofMinutes(1);

    @TempDir
    static Path folder;

    private static Browser browser;
    private static ModelServer server;
    private static ModelServer locked;

    @BeforeAll
    static void start() throws Exception {
        LocalStore store = new LocalStore(folder.resolve("store"));
        Fence fence = new Fence("run-1/route", 1);
        store.open(fence);
        var artifact = store.put(MODEL, fence);
        Routes routes = new Routes(store);
        Route route = routes.publish(
                "parrot", new Variant(artifact.sha256().substring(0, 12), artifact, null, "run-1"), fence);
        assertThat(route.generation()).isEqualTo(1);
        Models models = new Models();
        AuditBook audit = AuditBook.of(logs(), AuditSettings.DEFAULT, Clock.systemUTC());
        new RouteReloader(routes, new Parrots(), models, audit, () -> List.of("parrot")).reload();
        models.add("engine", new HostedBackend("0123456789ab", EngineBackend.open(MODEL)));
        server = ModelServer.start(settings(ApiKeys.NONE), models, audit);
        Models others = new Models();
        others.add("secret", new HostedBackend("0123456789ab", new ParrotBackend()));
        locked = ModelServer.start(settings(new ApiKeys(List.of(KEY))), others, AuditBook.none());
        browser = Browser.open();
    }

    private static ServeSettings settings(ApiKeys keys) {
        return new ServeSettings("127.0.0.1", 0, keys, ServeLimits.DEFAULT);
    }

    /** Opens a parrot in any model's place. */
    private static final class Parrots implements VariantOpener {
        @Override
        public ModelBackend open(Variant variant) {
            return new ParrotBackend();
        }

        @Override
        public ModelBackend base(Variant variant) {
            return new ParrotBackend();
        }
    }

    @AfterAll
    static void stop() {
        browser.close();
        server.close();
        locked.close();
    }

    @BeforeEach
    void visit() {
        browser.show(Browser.LAPTOP, false).visit(page(server));
        await("the models").atMost(SOON).until(() -> !options().isEmpty());
    }

    @Test
    void answersAreStreamedAndTheConversationGoesOn() throws IOException {
        choose("engine");
        say("My parcel never came, where is it?");
        String first = answered(1);
        assertThat(first).isNotBlank();
        say("And when will it come?");
        assertThat(answered(2)).isNotBlank();
        assertThat(browser.text()).contains("engine (0123456789ab)", "tokens");
        Looks.good(browser, "chat-engine");
    }

    @Test
    void whatAModelWritesIsShownAsText() throws IOException {
        choose("parrot");
        String attack = "<img src=x onerror=\"document.title='broken in'\"><script>document.title='broken"
                + " in'</script><b>bold</b> [link](javascript:alert(1)) &amp; \u202e back";
        say(attack);
        assertThat(answered(1)).isEqualTo(attack);
        assertThat(browser.driver().getTitle()).isEqualTo("Septet chat");
        assertThat(browser.driver().findElements(By.cssSelector("#log img, #log script, #log b, #log a")))
                .isEmpty();
        Looks.good(browser, "chat-attack");
    }

    @Test
    void thePageMayLoadNothingFromElsewhere() {
        Object blocked = browser.driver().executeAsyncScript(String.format(Locale.ROOT, """
            const done = arguments[0];
            const script = document.createElement('script');
            script.textContent = 'window.inline = 1';
            document.body.append(script);
            fetch('http://127.0.0.1:%d/health')
                .then(() => done('loaded'), () => done('blocked ' + window.inline));
            """, locked.port()));
        assertThat(blocked).isEqualTo("blocked undefined");
    }

    @Test
    void stopKeepsWhatWasWritten() {
        choose("parrot");
        say("count for ever");
        await("some text").atMost(SOON).until(() -> last().getText().contains("12 "));
        browser.element("#stop").click();
        await("the end").atMost(SOON).until(() -> browser.element("#send").isDisplayed());
        assertThat(browser.text()).contains("stopped");
        await("its line")
                .atMost(SOON)
                .until(() -> events().stream()
                        .anyMatch(event -> event instanceof AnswerEvent answer
                                && answer.reply().finish().equals("cancelled")));
    }

    @Test
    void thumbsAndCorrectionsReachTheLog() throws IOException {
        choose("parrot");
        say("good or bad?");
        answered(1);
        WebElement up = browser.element(".assistant .up");
        up.click();
        await("up").atMost(SOON).until(() -> "true".equals(up.getDomAttribute("aria-pressed")));
        browser.element(".assistant .correct").click();
        WebElement field = browser.element(".correction textarea");
        assertThat(field.getDomProperty("value")).isEqualTo("good or bad?");
        field.clear();
        field.sendKeys("Good.");
        Looks.good(browser, "chat-correction");
        browser.show(Browser.LAPTOP, false).element(".correction button").click();
        await("the correction").atMost(SOON).until(() -> browser.text().contains("Corrected"));

        List<FeedbackEvent> feedback = events().stream()
                .filter(FeedbackEvent.class::isInstance)
                .map(FeedbackEvent.class::cast)
                .toList();
        assertThat(feedback).extracting(FeedbackEvent::thumb).containsExactly(Thumb.UP, Thumb.DOWN);
        assertThat(feedback.get(1).correction()).isEqualTo("Good.");
    }

    @Test
    void withoutAPipelineThereIsNothingToJudge() {
        choose("engine");
        say("hello");
        answered(1);
        assertThat(browser.element(".assistant .judge").isDisplayed()).isFalse();
    }

    @Test
    void asksForAKeyWhereOneIsNeeded() throws IOException {
        browser.visit(page(locked));
        await("the settings").atMost(SOON).until(() -> browser.element("#key").isDisplayed());
        assertThat(browser.text()).contains("this server needs an API key");
        Looks.good(browser, "chat-key");
        browser.show(Browser.LAPTOP, false);
        browser.element("#key").sendKeys(KEY, Keys.TAB);
        await("the models").atMost(SOON).until(() -> options().equals(List.of("secret")));
        say("let me in");
        assertThat(answered(1)).isEqualTo("let me in");
    }

    @Test
    void aFailureLeavesTheQuestionToBeAskedAgain() throws IOException {
        choose("parrot");
        say("fail");
        await("what is wrong")
                .atMost(SOON)
                .until(() -> browser.element("#notice").getText().contains("the model failed"));
        assertThat(browser.element("#text").getDomProperty("value")).isEqualTo("fail");
        assertThat(browser.driver().findElements(By.cssSelector("article"))).isEmpty();
        Looks.good(browser, "chat-failure");
    }

    private static AuditLogs logs() {
        return new AuditLogs(folder.resolve("audit"), AtRestEncryption.none());
    }

    private static List<AuditEvent> events() throws IOException {
        return logs().reader("parrot").read(0, 1000).records().stream()
                .map(AuditRecord::event)
                .toList();
    }

    private static URI page(ModelServer of) {
        return URI.create(String.format(Locale.ROOT, "http://127.0.0.1:%d/", of.port()));
    }

    private static List<String> options() {
        return browser.driver().findElements(By.cssSelector("#model option")).stream()
                .map(WebElement::getText)
                .toList();
    }

    private static void choose(String model) {
        browser.element("#model option[value='" + model + "']").click();
    }

    private static void say(String text) {
        browser.driver().executeScript("document.getElementById('text').value = arguments[0]", text);
        browser.element("#text").sendKeys(Keys.ENTER);
    }

    /** The text of an answer that is complete. */
    private static String answered(int number) {
        await("answer " + number)
                .atMost(SOON)
                .until(() -> answers().size() == number
                        && !last().getText().isEmpty()
                        && browser.element("#send").isDisplayed());
        return String.valueOf(last().getDomProperty("textContent"));
    }

    private static List<WebElement> answers() {
        return browser.driver().findElements(By.cssSelector(".assistant .text"));
    }

    private static WebElement last() {
        return answers().get(answers().size() - 1);
    }
}
