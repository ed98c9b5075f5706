package dev.septet.examples.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.septet.examples.site.Site;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The documentation site in a real browser, opened as files. */
@Tag("long")
class SiteIT {
    @TempDir
    private Path root = Path.of("");

    @Test
    void fitsPhonesAndLaptopsAndFindsAMessage() throws Exception {
        assertThat(Site.build(Workspace.CHECKOUT, root, List.of())).isEmpty();
        try (Browser browser = Browser.open()) {
            for (String page : List.of(
                    "index",
                    "docs/from-500-chats",
                    "docs/troubleshooting",
                    "docs/architecture",
                    "docs/settings",
                    "words/index")) {
                browser.visit(root.resolve(page + ".html").toUri());
                Looks.good(browser, "site-" + page.replace('/', '-'));
            }
            browser.show(Browser.LAPTOP, false)
                    .visit(root.resolve("docs/language.html").toUri());
            browser.driver().findElement(By.tagName("body")).sendKeys("/");
            browser.driver().switchTo().activeElement().sendKeys("does not answer");
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> !browser.driver()
                            .findElements(By.cssSelector("#results a[aria-selected=true]"))
                            .isEmpty());
            assertThat(browser.text()).contains("the Temporal server does not answer");
            browser.driver().switchTo().activeElement().sendKeys(Keys.ENTER);
            Awaitility.await()
                    .atMost(Duration.ofMinutes(2))
                    .until(() -> browser.driver().getCurrentUrl().contains("troubleshooting.html"));
            browser.driver().findElement(By.id("theme")).click();
            assertThat(browser.driver().executeScript("return document.documentElement.dataset.theme"))
                    .isEqualTo("dark");
            browser.show(Browser.PHONE, false).visit(root.resolve("index.html").toUri());
            browser.driver().findElement(By.id("menu")).click();
            assertThat(browser.driver().findElement(By.id("pages")).isDisplayed())
                    .isTrue();
            assertThat(browser.driver().manage().logs().get("browser").getAll())
                    .as("nothing failed and nothing was fetched from elsewhere")
                    .isEmpty();
        }
    }
}
