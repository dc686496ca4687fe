CREATE TABLE `roles` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`name` varchar(50) NOT NULL,
	`description` text,
	`is_built_in` boolean NOT NULL DEFAULT false,
	`permissions` json,
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`deleted_at` datetime(3),
	CONSTRAINT `roles_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_roles__name` UNIQUE(`name`)
);
--> statement-breakpoint
CREATE TABLE `calendar_feeds` (
	`user_id` bigint unsigned NOT NULL,
	`token_hash` varchar(64) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `calendar_feeds_user_id` PRIMARY KEY(`user_id`),
	CONSTRAINT `uq_calendar_feeds__token_hash` UNIQUE(`token_hash`)
);
--> statement-breakpoint
CREATE TABLE `audit_chain` (
	`seq` bigint unsigned NOT NULL,
	`audit_id` bigint unsigned NOT NULL,
	`details_digest` varchar(64) NOT NULL,
	`hash` varchar(64) NOT NULL,
	CONSTRAINT `audit_chain_seq` PRIMARY KEY(`seq`),
	CONSTRAINT `uq_audit_chain__audit_id` UNIQUE(`audit_id`)
);
--> statement-breakpoint
CREATE TABLE `audit_head` (
	`id` tinyint NOT NULL,
	`seq` bigint unsigned NOT NULL,
	`hash` varchar(64) NOT NULL,
	`mac` varchar(64) NOT NULL,
	`sealed_at` datetime(3) NOT NULL,
	CONSTRAINT `audit_head_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `password_resets` (
	`user_id` bigint unsigned NOT NULL,
	`token_hash` varchar(64),
	`requested_at` datetime(3) NOT NULL,
	CONSTRAINT `password_resets_user_id` PRIMARY KEY(`user_id`),
	CONSTRAINT `uq_password_resets__token` UNIQUE(`token_hash`)
);
--> statement-breakpoint
CREATE TABLE `recovery_codes` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`user_id` bigint unsigned NOT NULL,
	`code_hash` varchar(64) NOT NULL,
	CONSTRAINT `recovery_codes_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_recovery_codes__code` UNIQUE(`user_id`,`code_hash`)
);
--> statement-breakpoint
CREATE TABLE `two_factor` (
	`user_id` bigint unsigned NOT NULL,
	`secret` varchar(255) NOT NULL,
	`enabled_at` datetime(3),
	`last_step` int unsigned NOT NULL DEFAULT 0,
	CONSTRAINT `two_factor_user_id` PRIMARY KEY(`user_id`)
);
--> statement-breakpoint
CREATE TABLE `document_types` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`name` varchar(20) NOT NULL,
	`description` varchar(255),
	`is_active` boolean NOT NULL DEFAULT true,
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`deleted_at` datetime(3),
	CONSTRAINT `document_types_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_document_types__name` UNIQUE(`name`)
);
--> statement-breakpoint
CREATE TABLE `payment_types` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`name` varchar(60) NOT NULL,
	`code` enum('efectivo','tarjeta','transferencia','yape','plin','otro') NOT NULL,
	`description` varchar(255),
	`is_active` boolean NOT NULL DEFAULT true,
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`deleted_at` datetime(3),
	CONSTRAINT `payment_types_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_payment_types__name` UNIQUE(`name`)
);
--> statement-breakpoint
CREATE TABLE `payments` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`ticket_id` bigint unsigned NOT NULL,
	`kind` enum('payment','refund') NOT NULL,
	`amount` decimal(10,2) NOT NULL,
	`payment_method` enum('efectivo','tarjeta','transferencia','yape','plin','otro') NOT NULL,
	`paid_at` datetime(3) NOT NULL,
	`received_by` bigint unsigned,
	`description` varchar(255),
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `payments_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_payments__ticket_id` UNIQUE(`ticket_id`,`kind`),
	CONSTRAINT `payments_amount` CHECK(`payments`.`amount` >= 0)
);
--> statement-breakpoint
CREATE TABLE `diagnoses` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`patient_id` bigint unsigned NOT NULL,
	`therapist_id` bigint unsigned NOT NULL,
	`code` varchar(5),
	`name` varchar(255) NOT NULL,
	`symptoms` text NOT NULL,
	`observations` text,
	`treatment_plan` text,
	`diagnosis_date` date NOT NULL,
	`is_active` boolean NOT NULL DEFAULT true,
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`deleted_at` datetime(3),
	CONSTRAINT `diagnoses_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `diagnosis_codes` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`code` varchar(5) NOT NULL,
	`name` varchar(255) NOT NULL,
	`search_text` varchar(300) NOT NULL,
	CONSTRAINT `diagnosis_codes_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_diagnosis_codes__code` UNIQUE(`code`)
);
--> statement-breakpoint
CREATE TABLE `emergency_access` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`patient_id` bigint unsigned NOT NULL,
	`therapist_id` bigint unsigned NOT NULL,
	`user_id` bigint unsigned NOT NULL,
	`reason` varchar(500) NOT NULL,
	`opened_at` datetime(3) NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	CONSTRAINT `emergency_access_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `history_template_versions` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`template_id` bigint unsigned NOT NULL,
	`version` int unsigned NOT NULL,
	`sections` json NOT NULL,
	`fields` json NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `history_template_versions_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_history_template_versions__version` UNIQUE(`template_id`,`version`)
);
--> statement-breakpoint
CREATE TABLE `history_templates` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`name` varchar(100) NOT NULL,
	`description` text,
	`specialty_id` bigint unsigned,
	`version` int unsigned NOT NULL DEFAULT 1,
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`deleted_at` datetime(3),
	CONSTRAINT `history_templates_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_history_templates__name` UNIQUE(`name`)
);
--> statement-breakpoint
CREATE TABLE `medical_histories` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`patient_id` bigint unsigned NOT NULL,
	`therapist_id` bigint unsigned NOT NULL,
	`template_id` bigint unsigned NOT NULL,
	`template_version` int unsigned NOT NULL,
	`history_date` date NOT NULL,
	`fields_data` json NOT NULL,
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`deleted_at` datetime(3),
	CONSTRAINT `medical_histories_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_medical_histories__history_date` UNIQUE(`patient_id`,`template_id`,`history_date`)
);
--> statement-breakpoint
CREATE TABLE `treatments` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`patient_id` bigint unsigned NOT NULL,
	`therapist_id` bigint unsigned NOT NULL,
	`diagnosis_id` bigint unsigned,
	`treatment_type` enum('therapy','medication','surgery','other') NOT NULL,
	`description` text NOT NULL,
	`duration_weeks` smallint unsigned,
	`sessions_planned` smallint unsigned,
	`sessions_done` smallint unsigned NOT NULL DEFAULT 0,
	`status` enum('active','completed','cancelled','paused') NOT NULL DEFAULT 'active',
	`start_date` date NOT NULL,
	`end_date` date,
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`deleted_at` datetime(3),
	CONSTRAINT `treatments_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `companies` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`name` varchar(150) NOT NULL,
	`legal_name` varchar(200),
	`tax_id` varchar(20),
	`address` varchar(255),
	`phone` varchar(20),
	`email` varchar(254),
	`website` varchar(255),
	`currency` varchar(3) NOT NULL DEFAULT 'PEN',
	`logo` varchar(120),
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	`updated_at` datetime(3) NOT NULL DEFAULT (now(3)),
	CONSTRAINT `companies_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `schedules` (
	`name` varchar(64) NOT NULL,
	`rule` varchar(120) NOT NULL,
	`next_at` datetime(3) NOT NULL,
	`last_at` datetime(3),
	CONSTRAINT `schedules_name` PRIMARY KEY(`name`)
);
--> statement-breakpoint
CREATE TABLE `notification_opt_outs` (
	`patient_id` bigint unsigned NOT NULL,
	`kinds` json NOT NULL,
	`updated_at` datetime(3) NOT NULL,
	CONSTRAINT `notification_opt_outs_patient_id` PRIMARY KEY(`patient_id`)
);
--> statement-breakpoint
CREATE TABLE `patient_import_errors` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`import_id` bigint unsigned NOT NULL,
	`row_number` int unsigned NOT NULL,
	`reasons` json NOT NULL,
	`cells` json NOT NULL,
	CONSTRAINT `patient_import_errors_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_patient_import_errors__row_number` UNIQUE(`import_id`,`row_number`)
);
--> statement-breakpoint
CREATE TABLE `patient_imports` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`requested_by` bigint unsigned NOT NULL,
	`language` enum('es','en') NOT NULL,
	`file_name` varchar(255) NOT NULL,
	`file_key` varchar(100) NOT NULL,
	`dry_run` boolean NOT NULL,
	`confirm_duplicate` boolean NOT NULL,
	`status` enum('queued','running','done','failed') NOT NULL DEFAULT 'queued',
	`headers` json,
	`rows_total` int unsigned NOT NULL DEFAULT 0,
	`rows_done` int unsigned NOT NULL DEFAULT 0,
	`rows_created` int unsigned NOT NULL DEFAULT 0,
	`rows_failed` int unsigned NOT NULL DEFAULT 0,
	`error` varchar(500),
	`created_at` datetime(3) NOT NULL,
	`started_at` datetime(3),
	`finished_at` datetime(3),
	CONSTRAINT `patient_imports_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `appointment_reminders` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`appointment_id` bigint unsigned NOT NULL,
	`kind` enum('24h','1h') NOT NULL,
	`starts_at` datetime(3) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `appointment_reminders_id` PRIMARY KEY(`id`),
	CONSTRAINT `uq_appointment_reminders__kind` UNIQUE(`appointment_id`,`kind`,`starts_at`)
);
--> statement-breakpoint
CREATE TABLE `daily_summaries` (
	`day` date NOT NULL,
	`therapist_id` bigint unsigned NOT NULL,
	`pending` int unsigned NOT NULL,
	`confirmed` int unsigned NOT NULL,
	`in_progress` int unsigned NOT NULL,
	`completed` int unsigned NOT NULL,
	`cancelled` int unsigned NOT NULL,
	`no_show` int unsigned NOT NULL,
	`booked_minutes` int unsigned NOT NULL,
	`payments_efectivo` int unsigned NOT NULL,
	`payments_tarjeta` int unsigned NOT NULL,
	`payments_transferencia` int unsigned NOT NULL,
	`payments_yape` int unsigned NOT NULL,
	`payments_plin` int unsigned NOT NULL,
	`payments_otro` int unsigned NOT NULL,
	`refunds` int unsigned NOT NULL,
	`net_efectivo` decimal(12,2) NOT NULL,
	`net_tarjeta` decimal(12,2) NOT NULL,
	`net_transferencia` decimal(12,2) NOT NULL,
	`net_yape` decimal(12,2) NOT NULL,
	`net_plin` decimal(12,2) NOT NULL,
	`net_otro` decimal(12,2) NOT NULL,
	`refunded` decimal(12,2) NOT NULL,
	CONSTRAINT `daily_summaries_day_therapist_id_pk` PRIMARY KEY(`day`,`therapist_id`)
);
--> statement-breakpoint
CREATE TABLE `patient_spans` (
	`patient_id` bigint unsigned NOT NULL,
	`first_at` datetime(3) NOT NULL,
	`last_at` datetime(3) NOT NULL,
	CONSTRAINT `patient_spans_patient_id` PRIMARY KEY(`patient_id`)
);
--> statement-breakpoint
CREATE TABLE `summary_days` (
	`day` date NOT NULL,
	`made_at` datetime(3) NOT NULL,
	CONSTRAINT `summary_days_day` PRIMARY KEY(`day`)
);
--> statement-breakpoint
CREATE TABLE `summary_marks` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`day` date NOT NULL,
	CONSTRAINT `summary_marks_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `exports` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`requested_by` bigint unsigned NOT NULL,
	`report` varchar(40) NOT NULL,
	`parameters` json NOT NULL,
	`form` enum('json','a4','letter','xlsx','ods','csv') NOT NULL,
	`language` enum('es','en') NOT NULL,
	`status` enum('queued','running','done','failed') NOT NULL DEFAULT 'queued',
	`rows_total` int unsigned NOT NULL,
	`rows_done` int unsigned NOT NULL DEFAULT 0,
	`file_key` varchar(100),
	`error` varchar(500),
	`created_at` datetime(3) NOT NULL,
	`finished_at` datetime(3),
	`expires_at` datetime(3),
	`deleted_at` datetime(3),
	CONSTRAINT `exports_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `patient_word_parts` (
	`part` varchar(40) collate utf8mb4_bin NOT NULL,
	`word` varchar(40) collate utf8mb4_bin NOT NULL,
	CONSTRAINT `patient_word_parts_part_word_pk` PRIMARY KEY(`part`,`word`)
);
--> statement-breakpoint
CREATE TABLE `patient_words` (
	`word` varchar(41) collate utf8mb4_bin NOT NULL,
	`latest` bigint NOT NULL,
	`signature` bigint unsigned NOT NULL,
	CONSTRAINT `patient_words_word_latest_pk` PRIMARY KEY(`word`,`latest`)
);
--> statement-breakpoint
CREATE TABLE `live_events` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`channel` varchar(100) NOT NULL,
	`kind` varchar(64) NOT NULL,
	`data` json NOT NULL,
	`created_at` datetime(3) NOT NULL DEFAULT (now(3)),
	CONSTRAINT `live_events_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
DROP INDEX `tickets_status` ON `tickets`;--> statement-breakpoint
DROP INDEX `audit_entity` ON `audit_log`;--> statement-breakpoint
ALTER TABLE `patients` MODIFY COLUMN `search_text` varchar(400) collate utf8mb4_bin NOT NULL;--> statement-breakpoint
ALTER TABLE `rooms` ADD `description` varchar(255);--> statement-breakpoint
ALTER TABLE `rooms` ADD `is_active` boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE `rooms` ADD `created_at` datetime(3) DEFAULT (now(3)) NOT NULL;--> statement-breakpoint
ALTER TABLE `rooms` ADD `updated_at` datetime(3) DEFAULT (now(3)) NOT NULL;--> statement-breakpoint
ALTER TABLE `rooms` ADD `deleted_at` datetime(3);--> statement-breakpoint
ALTER TABLE `notification_deliveries` ADD `claimed_until` datetime(3);--> statement-breakpoint
ALTER TABLE `notification_deliveries` ADD `interruptions` tinyint unsigned DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `notification_preferences` ADD `quiet_from` smallint unsigned;--> statement-breakpoint
ALTER TABLE `notification_preferences` ADD `quiet_to` smallint unsigned;--> statement-breakpoint
ALTER TABLE `patients` ADD `anonymised_at` datetime(3);--> statement-breakpoint
ALTER TABLE `users` ADD `grants` json;--> statement-breakpoint
ALTER TABLE `users` ADD `photo` varchar(120);--> statement-breakpoint
ALTER TABLE `audit_log` ADD `sealed` boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `outbox` ADD `traceparent` varchar(55);--> statement-breakpoint
ALTER TABLE `calendar_feeds` ADD CONSTRAINT `calendar_feeds_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `password_resets` ADD CONSTRAINT `password_resets_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `recovery_codes` ADD CONSTRAINT `recovery_codes_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `two_factor` ADD CONSTRAINT `two_factor_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `payments` ADD CONSTRAINT `payments_ticket_id_tickets_id_fk` FOREIGN KEY (`ticket_id`) REFERENCES `tickets`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `payments` ADD CONSTRAINT `payments_received_by_users_id_fk` FOREIGN KEY (`received_by`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `diagnoses` ADD CONSTRAINT `diagnoses_patient_id_patients_id_fk` FOREIGN KEY (`patient_id`) REFERENCES `patients`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `diagnoses` ADD CONSTRAINT `diagnoses_therapist_id_therapists_id_fk` FOREIGN KEY (`therapist_id`) REFERENCES `therapists`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `emergency_access` ADD CONSTRAINT `emergency_access_patient_id_patients_id_fk` FOREIGN KEY (`patient_id`) REFERENCES `patients`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `emergency_access` ADD CONSTRAINT `emergency_access_therapist_id_therapists_id_fk` FOREIGN KEY (`therapist_id`) REFERENCES `therapists`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `emergency_access` ADD CONSTRAINT `emergency_access_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `history_template_versions` ADD CONSTRAINT `history_template_versions_template_id_history_templates_id_fk` FOREIGN KEY (`template_id`) REFERENCES `history_templates`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `history_templates` ADD CONSTRAINT `history_templates_specialty_id_specialties_id_fk` FOREIGN KEY (`specialty_id`) REFERENCES `specialties`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `medical_histories` ADD CONSTRAINT `medical_histories_patient_id_patients_id_fk` FOREIGN KEY (`patient_id`) REFERENCES `patients`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `medical_histories` ADD CONSTRAINT `medical_histories_therapist_id_therapists_id_fk` FOREIGN KEY (`therapist_id`) REFERENCES `therapists`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `medical_histories` ADD CONSTRAINT `medical_histories_template_id_history_templates_id_fk` FOREIGN KEY (`template_id`) REFERENCES `history_templates`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `treatments` ADD CONSTRAINT `treatments_patient_id_patients_id_fk` FOREIGN KEY (`patient_id`) REFERENCES `patients`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `treatments` ADD CONSTRAINT `treatments_therapist_id_therapists_id_fk` FOREIGN KEY (`therapist_id`) REFERENCES `therapists`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `treatments` ADD CONSTRAINT `treatments_diagnosis_id_diagnoses_id_fk` FOREIGN KEY (`diagnosis_id`) REFERENCES `diagnoses`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `notification_opt_outs` ADD CONSTRAINT `notification_opt_outs_patient_id_patients_id_fk` FOREIGN KEY (`patient_id`) REFERENCES `patients`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `patient_import_errors` ADD CONSTRAINT `patient_import_errors_import_id_patient_imports_id_fk` FOREIGN KEY (`import_id`) REFERENCES `patient_imports`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `patient_imports` ADD CONSTRAINT `patient_imports_requested_by_users_id_fk` FOREIGN KEY (`requested_by`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `appointment_reminders` ADD CONSTRAINT `appointment_reminders_appointment_id_appointments_id_fk` FOREIGN KEY (`appointment_id`) REFERENCES `appointments`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `daily_summaries` ADD CONSTRAINT `daily_summaries_therapist_id_therapists_id_fk` FOREIGN KEY (`therapist_id`) REFERENCES `therapists`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `patient_spans` ADD CONSTRAINT `patient_spans_patient_id_patients_id_fk` FOREIGN KEY (`patient_id`) REFERENCES `patients`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `exports` ADD CONSTRAINT `exports_requested_by_users_id_fk` FOREIGN KEY (`requested_by`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX `payments_paid_at` ON `payments` (`paid_at`,`kind`,`payment_method`,`amount`);--> statement-breakpoint
CREATE INDEX `diagnoses_patient` ON `diagnoses` (`patient_id`,`diagnosis_date`);--> statement-breakpoint
CREATE INDEX `diagnoses_therapist` ON `diagnoses` (`therapist_id`,`diagnosis_date`);--> statement-breakpoint
CREATE INDEX `diagnoses_code` ON `diagnoses` (`code`,`diagnosis_date`);--> statement-breakpoint
CREATE INDEX `diagnoses_date` ON `diagnoses` (`diagnosis_date`);--> statement-breakpoint
CREATE INDEX `emergency_access_therapist` ON `emergency_access` (`therapist_id`,`expires_at`);--> statement-breakpoint
CREATE INDEX `emergency_access_patient` ON `emergency_access` (`patient_id`,`opened_at`);--> statement-breakpoint
CREATE INDEX `history_templates_specialty` ON `history_templates` (`specialty_id`);--> statement-breakpoint
CREATE INDEX `medical_histories_patient` ON `medical_histories` (`patient_id`,`history_date`);--> statement-breakpoint
CREATE INDEX `medical_histories_therapist` ON `medical_histories` (`therapist_id`,`history_date`);--> statement-breakpoint
CREATE INDEX `medical_histories_template` ON `medical_histories` (`template_id`,`history_date`);--> statement-breakpoint
CREATE INDEX `medical_histories_date` ON `medical_histories` (`history_date`);--> statement-breakpoint
CREATE INDEX `treatments_patient` ON `treatments` (`patient_id`,`start_date`);--> statement-breakpoint
CREATE INDEX `treatments_therapist` ON `treatments` (`therapist_id`,`start_date`);--> statement-breakpoint
CREATE INDEX `treatments_diagnosis` ON `treatments` (`diagnosis_id`);--> statement-breakpoint
CREATE INDEX `treatments_status` ON `treatments` (`status`,`start_date`);--> statement-breakpoint
CREATE INDEX `treatments_type` ON `treatments` (`treatment_type`,`start_date`);--> statement-breakpoint
CREATE INDEX `treatments_start` ON `treatments` (`start_date`);--> statement-breakpoint
CREATE INDEX `patient_imports_requested` ON `patient_imports` (`requested_by`,`id`);--> statement-breakpoint
CREATE INDEX `patient_imports_finished` ON `patient_imports` (`finished_at`);--> statement-breakpoint
CREATE INDEX `appointment_reminders_start` ON `appointment_reminders` (`starts_at`);--> statement-breakpoint
CREATE INDEX `patient_spans_first` ON `patient_spans` (`first_at`,`last_at`);--> statement-breakpoint
CREATE INDEX `summary_marks_day` ON `summary_marks` (`day`);--> statement-breakpoint
CREATE INDEX `exports_requested` ON `exports` (`requested_by`,`form`,`id`);--> statement-breakpoint
CREATE INDEX `exports_expires` ON `exports` (`expires_at`);--> statement-breakpoint
CREATE INDEX `live_events_channel` ON `live_events` (`channel`,`id`);--> statement-breakpoint
CREATE INDEX `live_events_created` ON `live_events` (`created_at`);--> statement-breakpoint
CREATE INDEX `tickets_method` ON `tickets` (`payment_method`,`ticket_number`);--> statement-breakpoint
CREATE INDEX `patients_birth` ON `patients` (`birth_date`,`paternal_last_name`);--> statement-breakpoint
CREATE INDEX `patients_text` ON `patients` (`id`,`deleted_at`,`search_text`);--> statement-breakpoint
CREATE INDEX `users_active` ON `users` (`is_active`);--> statement-breakpoint
CREATE INDEX `users_name` ON `users` (`last_name`,`first_name`);--> statement-breakpoint
CREATE INDEX `users_created` ON `users` (`created_at`);--> statement-breakpoint
CREATE INDEX `users_last_login` ON `users` (`last_login`);--> statement-breakpoint
CREATE INDEX `audit_record` ON `audit_log` (`entity_id`,`entity`,`at`);--> statement-breakpoint
CREATE INDEX `audit_request` ON `audit_log` (`request_id`);--> statement-breakpoint
CREATE INDEX `audit_sealed` ON `audit_log` (`sealed`);--> statement-breakpoint
CREATE INDEX `tickets_status` ON `tickets` (`status`,`ticket_number`);--> statement-breakpoint
CREATE INDEX `audit_entity` ON `audit_log` (`entity`,`at`);