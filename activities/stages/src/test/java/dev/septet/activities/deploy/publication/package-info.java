@NullMarked
package dev.septet.activities.deploy.publication;

import org.jspecify.annotations.NullMarked;
