package dev.septet.activities.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.septet.activities.identity.FakeProvider;
import dev.septet.activities.identity.IdTokens;
import dev.septet.workflows.RunRef;
import dev.septet.workflows.approval.AnswerRequest;
import dev.septet.workflows.approval.ApprovalDecision;
import dev.septet.workflows.approval.ApprovalRequest;
import dev.septet.workflows.approval.CheckedAnswer;
import dev.septet.workflows.approval.SignedText;
import io.temporal.failure.ApplicationFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers of people who signed in at an identity provider instead of signing with a key. */
@Tag("long")
class SignedInAnswerTest {
    private static final ApprovalRequest QUESTION =
            new ApprovalRequest("ml-oncall", 1, "2026-01-01T00:00:00Z", "e".repeat(64), "0".repeat(64));
    private static final ApprovalDecision ANSWER =
            new ApprovalDecision("anna@example.com", "ml-oncall", "e".repeat(64), "0".repeat(64), "fine");

    @TempDir
    Path folder;

    private FakeProvider provider;
    private Path file = Path.of("");

    SignedInAnswerTest() throws Exception {
        provider = new FakeProvider("everybody", "llm-leads");
    }

    @BeforeEach
    void declare() throws Exception {
        file = provider.declare(folder.resolve("operator.yaml"));
    }

    @AfterEach
    void close() {
        provider.close();
    }

    @Test
    void takesTheAnswerOfAPersonInAGroupOfTheRole() throws Exception {
        assertThat(check(ANSWER.signed(token(ANSWER, true, Map.of())), true))
                .isEqualTo(new CheckedAnswer("anna@example.com", true, null));
        assertThat(check(ANSWER.signed(token(ANSWER, false, Map.of())), false))
                .isEqualTo(new CheckedAnswer("anna@example.com", true, null));
    }

    @Test
    void aTokenIsValidForItsAnswerOnly() throws Exception {
        String yes = token(ANSWER, true, Map.of());
        refused(ANSWER.signed(yes), false, "this is not a sign-in for this answer: it is for another answer");
        refused(
                new ApprovalDecision("anna@example.com", "ml-oncall", "f".repeat(64), "0".repeat(64), "fine", yes),
                true,
                "it is for another answer");
        refused(
                new ApprovalDecision("ben@example.com", "ml-oncall", "e".repeat(64), "0".repeat(64), "fine", yes),
                true,
                "it is for another answer");
    }

    @Test
    void refusesTokensOfOthers() throws Exception {
        refused(ANSWER.signed(token(ANSWER, true, Map.of("iss", "https://evil.example"))), true, "another issuer");
        refused(ANSWER.signed(token(ANSWER, true, Map.of("aud", List.of("mail")))), true, "for another client");
        refused(
                ANSWER.signed(token(
                        ANSWER, true, Map.of("exp", Date.from(Instant.now().minusSeconds(600))))),
                true,
                "it has expired; sign in again");
        for (Object verified : new Object[] {false, "true", ""}) {
            refused(
                    ANSWER.signed(token(ANSWER, true, Map.of("email_verified", verified))),
                    true,
                    "does not say that it has verified the person's email address",
                    "`name: preferred_username`");
        }
        List<String> both = List.of(FakeProvider.CLIENT, "mail");
        refused(ANSWER.signed(token(ANSWER, true, Map.of("aud", both))), true, "another client requested it");
        refused(ANSWER.signed(token(ANSWER, true, Map.of("azp", "mail"))), true, "another client requested it");
        assertThat(check(ANSWER.signed(token(ANSWER, true, Map.of("aud", both, "azp", FakeProvider.CLIENT))), true)
                        .person())
                .isEqualTo("anna@example.com");
        try (FakeProvider other = new FakeProvider("llm-leads")) {
            String forged = other.token(
                    IdTokens.nonce(text(ANSWER, true)),
                    Instant.now(),
                    Map.of("iss", provider.issuer().toString()));
            refused(ANSWER.signed(forged), true, "no key of the provider signed it");
        }
        String unsigned = new PlainJWT(new JWTClaimsSet.Builder()
                        .issuer(provider.issuer().toString())
                        .build())
                .serialize();
        refused(ANSWER.signed(unsigned), true, "this worker has no keys of approvers");
        refused(ANSWER.signed(unsigned + "AAAA"), true, "it is not a signed token");
    }

    @Test
    void refusesAnotherPersonAndAnotherGroup() throws Exception {
        ApprovalDecision bens =
                new ApprovalDecision("ben@example.com", "ml-oncall", "e".repeat(64), "0".repeat(64), "fine");
        refused(bens.signed(token(bens, true, Map.of())), true, "another person signed in than the answer names");
        refused(
                ANSWER.signed(token(ANSWER, true, Map.of("groups", List.of("everybody")))),
                true,
                "anna@example.com is in none of the groups",
                "for the role ml-oncall");
        refused(ANSWER.signed(token(ANSWER, true, Map.of("groups", "llm-leads"))), true, "a text and a list of texts");
    }

    /** The names of keys and of the provider are not the same, so that one person could approve twice. */
    @Test
    void onlySignInsCountWhereSeveralPeopleMustApprove() throws Exception {
        ApprovalRequest two =
                new ApprovalRequest("ml-oncall", 2, "2026-01-01T00:00:00Z", "e".repeat(64), "0".repeat(64));
        Path signers = Files.writeString(folder.resolve("approvers"), "");
        AnswerActivitiesImpl worker = new AnswerActivitiesImpl(ApprovalSettings.of(
                Map.of("SEPTET_TRAINERS", file.toString(), "SEPTET_APPROVERS", signers.toString())));
        ApprovalDecision anna = new ApprovalDecision("anna", "ml-oncall", "e".repeat(64), "0".repeat(64), "fine")
                .signed("-----BEGIN SSH SIGNATURE-----");
        assertThatThrownBy(() -> worker.check(new AnswerRequest(run(), two, anna, true)))
                .hasMessageContaining("2 people must approve, and one person can have two names");
        assertThatThrownBy(() -> worker.check(new AnswerRequest(run(), two, anna, false)))
                .as("one rejection is enough, so a key may reject")
                .hasMessageNotContaining("people must approve");
        assertThatThrownBy(() -> worker.check(new AnswerRequest(run(), QUESTION, anna, true)))
                .as("one approval is enough, so the key may count")
                .hasMessageNotContaining("people must approve");
        assertThat(worker.check(new AnswerRequest(run(), two, ANSWER.signed(token(ANSWER, true, Map.of())), true))
                        .person())
                .isEqualTo("anna@example.com");
    }

    @Test
    void saysHowToSignInAndThatTheProviderIsAway() throws Exception {
        refused(ANSWER, true, "an answer must be signed", "Or sign in with --by NAME --sign-in");
        String token = token(ANSWER, true, Map.of());
        provider.close();
        refused(ANSWER.signed(token), true, "the identity provider cannot be asked for its keys");
        provider = new FakeProvider("llm-leads");
    }

    @Test
    void namesWhatIsWrongInTheFile() throws Exception {
        for (String[] wrong : new String[][] {
            {"identity: {issuer: 'http://login.example', client: a, roles: {x: [y]}}", "begins with https://"},
            {"identity: {issuer: 'https://login.example', roles: {x: [y]}}", "identity: client: expected"},
            {"identity: {issuer: 'https://login.example', client: a}", "identity: roles: expected"},
            {"identity: {issuer: 'https://login.example', client: a, roles: {x: y}}", "expected a list of texts"},
            {"identity: {issuer: 'https://login.example', client: a, roles: {x: [y]}, secret: s}", "has no `secret`"},
        }) {
            Files.writeString(file, wrong[0]);
            assertThatThrownBy(() -> ApprovalSettings.of(Map.of("SEPTET_TRAINERS", file.toString())))
                    .as(wrong[0])
                    .hasMessageContaining(wrong[1]);
        }
    }

    private String token(ApprovalDecision answer, boolean approves, Map<String, Object> others) throws Exception {
        return provider.token(IdTokens.nonce(text(answer, approves)), Instant.now(), others);
    }

    private static RunRef run() {
        return new RunRef("support", "run-1", "/srv/support", "5eed");
    }

    private static String text(ApprovalDecision answer, boolean approves) {
        return SignedText.of(run().runId(), answer, approves);
    }

    private CheckedAnswer check(ApprovalDecision answer, boolean approves) {
        return new AnswerActivitiesImpl(ApprovalSettings.of(Map.of("SEPTET_TRAINERS", file.toString())))
                .check(new AnswerRequest(run(), QUESTION, answer, approves));
    }

    private void refused(ApprovalDecision answer, boolean approves, String... reasons) {
        assertThatThrownBy(() -> check(answer, approves)).isInstanceOfSatisfying(ApplicationFailure.class, failure -> {
            assertThat(failure.getType()).isEqualTo("Refused");
            assertThat(failure.getOriginalMessage()).contains(reasons);
        });
    }
}
