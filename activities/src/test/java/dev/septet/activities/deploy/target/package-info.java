@NullMarked
package dev.septet.activities.deploy.target;

import org.jspecify.annotations.NullMarked;
