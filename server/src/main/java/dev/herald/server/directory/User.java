package dev.herald.server.directory;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** Somebody with an address; this row is the one place that holds it. */
@Entity
@Table(name = "users")
class User {
    @Id
    @Column(name = "user_id")
    private long userId;

    @Column(name = "email")
    private String email;

    @Column(name = "first_name")
    private String firstName;

    @Column(name = "last_name")
    private String lastName;

    @Column(name = "user_type")
    private String userType;

    @Column(name = "is_active")
    private boolean active;

    User() {}

    static User of(dev.herald.v1.User item) {
        User user = new User();
        user.userId = item.getUserId();
        user.email = item.getEmail();
        user.firstName = item.getFirstName();
        user.lastName = item.getLastName();
        user.userType = item.getUserType();
        user.active = !item.hasIsActive() || item.getIsActive();
        return user;
    }

    long userId() {
        return userId;
    }

    String email() {
        return email;
    }

    String firstName() {
        return firstName;
    }

    String lastName() {
        return lastName;
    }

    String userType() {
        return userType;
    }

    boolean active() {
        return active;
    }
}
