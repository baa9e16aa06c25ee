package dev.herald.server.directory;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A course, whose name stands in the subject of its sessions' mails. */
@Entity
@Table(name = "courses")
class Course {
    @Id
    @Column(name = "course_id")
    private long courseId;

    @Column(name = "course_code")
    private String courseCode;

    @Column(name = "course_name")
    private String courseName;

    Course() {}

    static Course of(dev.herald.v1.Course item) {
        Course course = new Course();
        course.courseId = item.getCourseId();
        course.courseCode = item.getCourseCode();
        course.courseName = item.getCourseName();
        return course;
    }

    long courseId() {
        return courseId;
    }

    String courseCode() {
        return courseCode;
    }

    String courseName() {
        return courseName;
    }
}
