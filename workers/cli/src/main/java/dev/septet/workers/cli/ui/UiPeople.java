package dev.septet.workers.cli.ui;

import dev.septet.activities.approval.PersonName;
import dev.septet.activities.attempt.StageProblem;
import dev.septet.activities.identity.IdTokens;
import dev.septet.activities.identity.IdentityProvider;
import dev.septet.activities.identity.ProviderMetadata;
import dev.septet.activities.operator.OperatorFile;
import dev.septet.settings.Setting;
import dev.septet.workers.cli.ui.view.UiUser;
import dev.septet.workers.serve.keys.KeyScope;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * People who sign in, and their rights: the roles of the section {@code identity} of the operator's file. Every role reads the
 * pages, {@code ui-act} steers, {@code ui-review} decides on feedback, and the roles of approvals answer.
 *
 * @param file the operator's file
 */
record UiPeople(IdentityProvider identity, Path file) {
    private static final int GROUPS_SHOWN = 10;

    /**
     * Reads the operator's file.
     *
     * @return null when it declares no identity provider
     * @throws StageProblem with file and name when the section is wrong
     */
    static @Nullable UiPeople of(Map<String, String> environment) {
        IdentityProvider identity = IdentityProvider.of(environment);
        Path file = OperatorFile.named(environment);
        return identity == null || file == null ? null : new UiPeople(identity, file);
    }

    /** The provider's name for people. */
    String provider() {
        return identity.issuer().getHost();
    }

    /**
     * A person as a user of the page.
     *
     * @throws StageProblem when the name has an invisible character
     */
    UiUser user(IdTokens.Person person) {
        Set<String> roles = new TreeSet<>(identity.roles().keySet());
        roles.removeIf(role -> !identity.has(person, role));
        List<String> shown = person.groups().stream()
                .limit(GROUPS_SHOWN)
                .map(ProviderMetadata::shown)
                .toList();
        return new UiUser(
                PersonName.of(person.name()),
                roles.contains(KeyScope.UI_ACT.word()),
                roles.contains(KeyScope.UI_REVIEW.word()),
                "",
                new UiUser.Person(roles, shown));
    }

    /**
     * Why a person may not do something, and which line would allow it.
     *
     * @param what completes "Anna may not ..."
     */
    String refusal(String name, UiUser.Person person, String what, String role) {
        String groups = person.groups().isEmpty()
                ? "The ID token has no group: the provider must add the claim `%s` to it".formatted(identity.groups())
                : "Groups of this person: " + String.join(", ", person.groups());
        return "%s may not %s. The line `%s: [GROUP]` under `identity: roles:` in %s (%s) would allow it, with a restart of this page. %s"
                .formatted(name, what, role, file, Setting.TRAINERS.variable(), groups);
    }
}
