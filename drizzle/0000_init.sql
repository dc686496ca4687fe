CREATE TABLE `appointment_statuses` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`name` varchar(30) NOT NULL,
	`label` varchar(60) NOT NULL,
	`description` varchar(255),
	`color` varchar(7) NOT NULL,
	`is_active` boolean NOT NULL DEFAULT true,
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`deleted_at` datetime(3),
	CONSTRAINT `appointment_statuses_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_appointment_statuses__name` UNIQUE(`name`)
);
--> statement-breakpoint
CREATE TABLE `appointments` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`patient_id` bigint unsigned NOT NULL,
	`therapist_id` bigint unsigned NOT NULL,
	`date_time` datetime(3) NOT NULL,
	`duration` smallint unsigned NOT NULL,
	`ends_at` datetime(3) NOT NULL,
	`status` enum('pending','confirmed','in_progress','completed','cancelled','no_show') NOT NULL DEFAULT 'pending',
	`appointment_type` varchar(60),
	`room` varchar(50),
	`reason` varchar(500),
	`notes` text,
	`price` decimal(10,2) NOT NULL,
	`cancellation_reason` varchar(500),
	`sequence` smallint unsigned NOT NULL DEFAULT 0,
	`created_by` bigint unsigned,
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	CONSTRAINT `appointments_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `rooms` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`name` varchar(50) NOT NULL,
	CONSTRAINT `rooms_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_rooms__name` UNIQUE(`name`)
);
--> statement-breakpoint
CREATE TABLE `predetermined_prices` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`name` varchar(60) NOT NULL,
	`price` decimal(10,2) NOT NULL,
	`is_default` boolean NOT NULL DEFAULT false,
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`deleted_at` datetime(3),
	CONSTRAINT `predetermined_prices_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_predetermined_prices__name` UNIQUE(`name`)
);
--> statement-breakpoint
CREATE TABLE `ticket_counters` (
	`day` date NOT NULL,
	`last` int unsigned NOT NULL,
	CONSTRAINT `ticket_counters_day` PRIMARY KEY(`day`)
);
--> statement-breakpoint
CREATE TABLE `tickets` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`appointment_id` bigint unsigned NOT NULL,
	`ticket_number` varchar(19) NOT NULL,
	`amount` decimal(10,2) NOT NULL,
	`payment_method` enum('efectivo','tarjeta','transferencia','yape','plin','otro'),
	`status` enum('pending','paid','cancelled','refunded') NOT NULL DEFAULT 'pending',
	`payment_date` datetime(3),
	`description` varchar(255),
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	CONSTRAINT `tickets_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_tickets__appointment_id` UNIQUE(`appointment_id`),
	CONSTRAINT `uq_tickets__ticket_number` UNIQUE(`ticket_number`)
);
--> statement-breakpoint
CREATE TABLE `countries` (
	`id` bigint unsigned NOT NULL,
	`name` varchar(100) NOT NULL,
	`iso_alpha2` char(2) NOT NULL,
	`iso_alpha3` char(3) NOT NULL,
	`phone_prefix` varchar(10) NOT NULL,
	`search_name` varchar(100) NOT NULL,
	CONSTRAINT `countries_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_countries__iso_alpha2` UNIQUE(`iso_alpha2`),
	CONSTRAINT `uq_countries__iso_alpha3` UNIQUE(`iso_alpha3`)
);
--> statement-breakpoint
CREATE TABLE `districts` (
	`id` bigint unsigned NOT NULL,
	`name` varchar(100) NOT NULL,
	`province_id` bigint unsigned NOT NULL,
	`region_id` bigint unsigned NOT NULL,
	`search_name` varchar(100) NOT NULL,
	CONSTRAINT `districts_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `provinces` (
	`id` bigint unsigned NOT NULL,
	`name` varchar(100) NOT NULL,
	`region_id` bigint unsigned NOT NULL,
	`search_name` varchar(100) NOT NULL,
	CONSTRAINT `provinces_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `regions` (
	`id` bigint unsigned NOT NULL,
	`name` varchar(100) NOT NULL,
	`country_id` bigint unsigned NOT NULL,
	`search_name` varchar(100) NOT NULL,
	CONSTRAINT `regions_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `notification_deliveries` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`notification_id` bigint unsigned NOT NULL,
	`channel` enum('email','sms','push') NOT NULL,
	`state` enum('queued','sent','failed','skipped') NOT NULL,
	`attempts` tinyint unsigned NOT NULL DEFAULT 0,
	`sent_at` datetime(3),
	`provider_id` varchar(255),
	`error` varchar(500),
	CONSTRAINT `notification_deliveries_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_deliveries__channel` UNIQUE(`notification_id`,`channel`)
);
--> statement-breakpoint
CREATE TABLE `notification_preferences` (
	`user_id` bigint unsigned NOT NULL,
	`channels` json NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `notification_preferences_user_id` PRIMARY KEY(`user_id`)
);
--> statement-breakpoint
CREATE TABLE `notifications` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`event_key` varchar(120) NOT NULL,
	`kind` enum('appointment_confirmation','appointment_status','appointment_cancellation','appointment_reminder','report_ready','import_ready','password_reset','security_alert') NOT NULL,
	`user_id` bigint unsigned,
	`patient_id` bigint unsigned,
	`therapist_id` bigint unsigned,
	`title` varchar(200) NOT NULL,
	`body` varchar(2000) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`read_at` datetime(3),
	CONSTRAINT `notifications_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_notifications__event_key` UNIQUE(`event_key`)
);
--> statement-breakpoint
CREATE TABLE `push_subscriptions` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`user_id` bigint unsigned NOT NULL,
	`endpoint` varchar(700) NOT NULL,
	`keys` json NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `push_subscriptions_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_push_subscriptions__endpoint` UNIQUE(`endpoint`)
);
--> statement-breakpoint
CREATE TABLE `patients` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`user_id` bigint unsigned,
	`document_type` varchar(20) NOT NULL,
	`document_number` varchar(20) NOT NULL,
	`first_name` varchar(100) NOT NULL,
	`paternal_last_name` varchar(100) NOT NULL,
	`maternal_last_name` varchar(100),
	`birth_date` date,
	`sex` enum('M','F','O'),
	`phone` varchar(20),
	`phone_secondary` varchar(20),
	`email` varchar(254),
	`occupation` varchar(100),
	`health_condition` text,
	`allergies` text,
	`blood_type` varchar(3),
	`emergency_contact` varchar(200),
	`emergency_phone` varchar(20),
	`address` varchar(255),
	`region_id` bigint unsigned,
	`province_id` bigint unsigned,
	`district_id` bigint unsigned,
	`search_text` varchar(400) NOT NULL,
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`deleted_at` datetime(3),
	CONSTRAINT `patients_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_patients__user_id` UNIQUE(`user_id`),
	CONSTRAINT `uq_patients__document_number` UNIQUE(`document_number`)
);
--> statement-breakpoint
CREATE TABLE `holidays` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`date` date NOT NULL,
	`name` varchar(150) NOT NULL,
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`deleted_at` datetime(3),
	CONSTRAINT `holidays_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_holidays__date` UNIQUE(`date`)
);
--> statement-breakpoint
CREATE TABLE `schedule_blocks` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`therapist_id` bigint unsigned NOT NULL,
	`weekday` tinyint unsigned NOT NULL,
	`start_minute` smallint unsigned NOT NULL,
	`end_minute` smallint unsigned NOT NULL,
	CONSTRAINT `schedule_blocks_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `specialties` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`name` varchar(100) NOT NULL,
	`description` text,
	`requirements` text,
	`is_active` boolean NOT NULL DEFAULT true,
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`deleted_at` datetime(3),
	CONSTRAINT `specialties_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_specialties__name` UNIQUE(`name`)
);
--> statement-breakpoint
CREATE TABLE `therapist_specialties` (
	`therapist_id` bigint unsigned NOT NULL,
	`specialty_id` bigint unsigned NOT NULL,
	CONSTRAINT `therapist_specialties_therapist_id_specialty_id_pk` PRIMARY KEY(`therapist_id`,`specialty_id`)
);
--> statement-breakpoint
CREATE TABLE `therapists` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`user_id` bigint unsigned,
	`document_type` varchar(20) NOT NULL,
	`document_number` varchar(20) NOT NULL,
	`first_name` varchar(100) NOT NULL,
	`paternal_last_name` varchar(100) NOT NULL,
	`maternal_last_name` varchar(100),
	`license_number` varchar(30) NOT NULL,
	`experience_years` tinyint unsigned,
	`phone` varchar(20),
	`email` varchar(254),
	`is_active` boolean NOT NULL DEFAULT true,
	`region_id` bigint unsigned,
	`province_id` bigint unsigned,
	`district_id` bigint unsigned,
	`search_text` varchar(400) NOT NULL,
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`deleted_at` datetime(3),
	CONSTRAINT `therapists_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_therapists__user_id` UNIQUE(`user_id`),
	CONSTRAINT `uq_therapists__document_number` UNIQUE(`document_number`),
	CONSTRAINT `uq_therapists__license_number` UNIQUE(`license_number`)
);
--> statement-breakpoint
CREATE TABLE `therapist_time_off` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`therapist_id` bigint unsigned NOT NULL,
	`starts_at` datetime(3) NOT NULL,
	`ends_at` datetime(3) NOT NULL,
	`reason` varchar(255),
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	CONSTRAINT `therapist_time_off_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` varchar(36) NOT NULL,
	`user_id` bigint unsigned NOT NULL,
	`refresh_hash` varchar(64) NOT NULL,
	`device` varchar(255),
	`ip` varchar(45),
	`created_at` datetime(3) NOT NULL,
	`last_seen_at` datetime(3) NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	`revoked_at` datetime(3),
	CONSTRAINT `sessions_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`username` varchar(150) NOT NULL,
	`email` varchar(254) NOT NULL,
	`password_hash` varchar(255) NOT NULL,
	`first_name` varchar(150) NOT NULL,
	`last_name` varchar(150) NOT NULL,
	`phone` varchar(20),
	`role` varchar(50) NOT NULL,
	`language` enum('es','en') NOT NULL DEFAULT 'es',
	`is_active` boolean NOT NULL DEFAULT true,
	`is_superuser` boolean NOT NULL DEFAULT false,
	`last_login` datetime(3),
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`deleted_at` datetime(3),
	CONSTRAINT `users_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_users__username` UNIQUE(`username`),
	CONSTRAINT `uq_users__email` UNIQUE(`email`)
);
--> statement-breakpoint
CREATE TABLE `audit_log` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`at` datetime(3) NOT NULL,
	`actor_id` bigint unsigned,
	`actor` varchar(60) NOT NULL,
	`ip` varchar(45),
	`request_id` varchar(64) NOT NULL,
	`action` varchar(40) NOT NULL,
	`entity` varchar(40) NOT NULL,
	`entity_id` varchar(40) NOT NULL,
	`before` json,
	`after` json,
	CONSTRAINT `audit_log_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `rate_counters` (
	`name` varchar(200) NOT NULL,
	`count` int unsigned NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	CONSTRAINT `rate_counters_name` PRIMARY KEY(`name`)
);
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`scope` varchar(60) NOT NULL,
	`key` varchar(200) NOT NULL,
	`fingerprint` varchar(64) NOT NULL,
	`answer` json,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `idempotency_keys_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_idempotency_keys__key` UNIQUE(`scope`,`key`)
);
--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`job` varchar(64) NOT NULL,
	`data` json NOT NULL,
	`delay_until` datetime(3),
	`created_at` datetime(3) NOT NULL,
	`failed_reason` varchar(255),
	CONSTRAINT `outbox_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
ALTER TABLE `appointments` ADD CONSTRAINT `appointments_patient_id_patients_id_fk` FOREIGN KEY (`patient_id`) REFERENCES `patients`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `appointments` ADD CONSTRAINT `appointments_therapist_id_therapists_id_fk` FOREIGN KEY (`therapist_id`) REFERENCES `therapists`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `appointments` ADD CONSTRAINT `appointments_created_by_users_id_fk` FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `tickets` ADD CONSTRAINT `tickets_appointment_id_appointments_id_fk` FOREIGN KEY (`appointment_id`) REFERENCES `appointments`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `districts` ADD CONSTRAINT `districts_province_id_provinces_id_fk` FOREIGN KEY (`province_id`) REFERENCES `provinces`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `districts` ADD CONSTRAINT `districts_region_id_regions_id_fk` FOREIGN KEY (`region_id`) REFERENCES `regions`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `provinces` ADD CONSTRAINT `provinces_region_id_regions_id_fk` FOREIGN KEY (`region_id`) REFERENCES `regions`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `regions` ADD CONSTRAINT `regions_country_id_countries_id_fk` FOREIGN KEY (`country_id`) REFERENCES `countries`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `notification_deliveries` ADD CONSTRAINT `notification_deliveries_notification_id_notifications_id_fk` FOREIGN KEY (`notification_id`) REFERENCES `notifications`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `notification_preferences` ADD CONSTRAINT `notification_preferences_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `notifications` ADD CONSTRAINT `notifications_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `notifications` ADD CONSTRAINT `notifications_patient_id_patients_id_fk` FOREIGN KEY (`patient_id`) REFERENCES `patients`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `notifications` ADD CONSTRAINT `notifications_therapist_id_therapists_id_fk` FOREIGN KEY (`therapist_id`) REFERENCES `therapists`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `push_subscriptions` ADD CONSTRAINT `push_subscriptions_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `patients` ADD CONSTRAINT `patients_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `patients` ADD CONSTRAINT `patients_region_id_regions_id_fk` FOREIGN KEY (`region_id`) REFERENCES `regions`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `patients` ADD CONSTRAINT `patients_province_id_provinces_id_fk` FOREIGN KEY (`province_id`) REFERENCES `provinces`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `patients` ADD CONSTRAINT `patients_district_id_districts_id_fk` FOREIGN KEY (`district_id`) REFERENCES `districts`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `schedule_blocks` ADD CONSTRAINT `schedule_blocks_therapist_id_therapists_id_fk` FOREIGN KEY (`therapist_id`) REFERENCES `therapists`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `therapist_specialties` ADD CONSTRAINT `therapist_specialties_therapist_id_therapists_id_fk` FOREIGN KEY (`therapist_id`) REFERENCES `therapists`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `therapist_specialties` ADD CONSTRAINT `therapist_specialties_specialty_id_specialties_id_fk` FOREIGN KEY (`specialty_id`) REFERENCES `specialties`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `therapists` ADD CONSTRAINT `therapists_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `therapists` ADD CONSTRAINT `therapists_region_id_regions_id_fk` FOREIGN KEY (`region_id`) REFERENCES `regions`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `therapists` ADD CONSTRAINT `therapists_province_id_provinces_id_fk` FOREIGN KEY (`province_id`) REFERENCES `provinces`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `therapists` ADD CONSTRAINT `therapists_district_id_districts_id_fk` FOREIGN KEY (`district_id`) REFERENCES `districts`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `therapist_time_off` ADD CONSTRAINT `therapist_time_off_therapist_id_therapists_id_fk` FOREIGN KEY (`therapist_id`) REFERENCES `therapists`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `sessions` ADD CONSTRAINT `sessions_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `appointments_therapist` ON `appointments` (`therapist_id`,`date_time`);--> statement-breakpoint
CREATE INDEX `appointments_patient` ON `appointments` (`patient_id`,`date_time`);--> statement-breakpoint
CREATE INDEX `appointments_room` ON `appointments` (`room`,`date_time`);--> statement-breakpoint
CREATE INDEX `appointments_status` ON `appointments` (`status`,`date_time`);--> statement-breakpoint
CREATE INDEX `appointments_date_time` ON `appointments` (`date_time`);--> statement-breakpoint
CREATE INDEX `appointments_created` ON `appointments` (`created_at`);--> statement-breakpoint
CREATE INDEX `tickets_status` ON `tickets` (`status`,`payment_date`);--> statement-breakpoint
CREATE INDEX `tickets_payment` ON `tickets` (`payment_date`);--> statement-breakpoint
CREATE INDEX `countries_name` ON `countries` (`search_name`);--> statement-breakpoint
CREATE INDEX `districts_name` ON `districts` (`search_name`);--> statement-breakpoint
CREATE INDEX `provinces_name` ON `provinces` (`search_name`);--> statement-breakpoint
CREATE INDEX `regions_name` ON `regions` (`search_name`);--> statement-breakpoint
CREATE INDEX `deliveries_state` ON `notification_deliveries` (`state`);--> statement-breakpoint
CREATE INDEX `notifications_user` ON `notifications` (`user_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `push_subscriptions_user` ON `push_subscriptions` (`user_id`);--> statement-breakpoint
CREATE INDEX `patients_name` ON `patients` (`paternal_last_name`,`maternal_last_name`,`first_name`);--> statement-breakpoint
CREATE INDEX `patients_created` ON `patients` (`created_at`);--> statement-breakpoint
CREATE INDEX `schedule_blocks_therapist` ON `schedule_blocks` (`therapist_id`,`weekday`);--> statement-breakpoint
CREATE INDEX `therapist_specialties_specialty` ON `therapist_specialties` (`specialty_id`);--> statement-breakpoint
CREATE INDEX `therapists_name` ON `therapists` (`paternal_last_name`,`maternal_last_name`,`first_name`);--> statement-breakpoint
CREATE INDEX `therapist_time_off_span` ON `therapist_time_off` (`therapist_id`,`ends_at`);--> statement-breakpoint
CREATE INDEX `sessions_user` ON `sessions` (`user_id`,`revoked_at`);--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE INDEX `users_role` ON `users` (`role`);--> statement-breakpoint
CREATE INDEX `audit_at` ON `audit_log` (`at`);--> statement-breakpoint
CREATE INDEX `audit_actor` ON `audit_log` (`actor_id`,`at`);--> statement-breakpoint
CREATE INDEX `audit_entity` ON `audit_log` (`entity`,`entity_id`,`at`);--> statement-breakpoint
CREATE INDEX `audit_action` ON `audit_log` (`action`,`at`);--> statement-breakpoint
CREATE INDEX `rate_counters_expiry` ON `rate_counters` (`expires_at`);--> statement-breakpoint
CREATE INDEX `idempotency_keys_created` ON `idempotency_keys` (`created_at`);