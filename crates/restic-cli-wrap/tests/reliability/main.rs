//! What has to hold when things go wrong: one test, or several, for each kind of fault.
//!
//! Every test here runs in a process of its own, and after each one it is checked that no
//! process survives, that no descriptor stays open and that memory has not grown by more
//! than 64 MiB. Tests on real programs run on all of `RESTIC_BINARIES`.
//!
//! | fault | tests; those without a crate's name are here |
//! |---|---|
//! | none; unreadable files | `output::what_went_well_is_distinguished_from_what_did_not` |
//! | a good exit without the closing document | `output::a_good_end_without_its_document_is_no_success`; restic-cli-wrap `client::a_success_without_its_summary_is_none` |
//! | killed by a signal | `locks::a_stale_lock_is_reported_and_removed_on_request_only`; restic-cli-wrap `client::a_killed_restic_is_reported_with_its_signal_and_what_came_before` |
//! | a graceful cancel | `stopping::a_cancel_is_one_interrupt_and_leaves_no_lock`; restic-cli-wrap `client::a_stop_from_another_thread_cancels`, `client::a_summary_that_came_after_a_stop_is_not_lost`; restic-core `supervised::many_asking_at_once_is_one_interrupt` |
//! | an interrupt by the terminal, a program that ends at once | `hosts::control_c_ends_restic_in_good_order`, `hosts::a_program_that_returns_at_once_leaves_no_lock` |
//! | a child that ignores signals, or is stopped | `stopping::a_deaf_child_is_ended_within_the_grace`; restic-core `supervised::the_steps_of_the_stop_policy_come_at_their_times` |
//! | output after the interrupt | `stopping::output_after_the_interrupt_is_read_to_its_end`, `stopping::a_listing_that_nobody_reads_can_be_cancelled` |
//! | a host that may not wait | `stopping::a_stop_in_the_background_leaves_no_lock`; restic-cli-wrap `derived::a_run_is_stopped_without_waiting_for_it` |
//! | a run or a runtime is dropped | `stopping::what_is_dropped_cleans_up`, `stopping::a_runtime_that_is_dropped_leaves_nothing_behind`, `stopping::whatever_runtime_is_dropped_no_lock_stays`; restic-cli-wrap `client::a_dropped_run_lets_restic_clean_up`, `asynchronous::a_dropped_future_stops_restic_in_the_background`, `runtimes::what_is_dropped_or_stopped_cleans_up_on_every_runtime`, `runtimes::a_stream_that_is_dropped_stops_restic` |
//! | both streams fill up | `output::streams_that_fill_by_turns_are_read_together`, `output::a_gigabyte_of_standard_error_takes_no_memory`; restic-process `runner::streams_that_fill_by_turns_do_not_block` |
//! | a helper holds the pipes after a good run | `stopping::a_helper_that_holds_the_pipes_does_not_spoil_a_success` |
//! | a hang with a helper | `stopping::a_helper_that_hangs_goes_with_what_was_stopped`, `stopping::a_password_command_that_hangs_is_ended_with_restic` |
//! | silence, drips, servers that never answer | `stopping::silence_is_distinguished_from_a_long_run`, `stopping::a_server_that_never_answers_is_silence`, `stopping::a_deadline_keeps_what_there_is`; restic-core `supervised::silence_is_distinguished_from_a_run_that_takes_long` |
//! | standard input is not read, or closed | `output::input_that_nobody_reads_blocks_nobody`, `stopping::a_cancel_closes_the_input`; restic-process `runner::stdin_that_nobody_reads_is_no_failure` |
//! | no password and no standard input | `output::a_missing_password_is_asked_of_nobody` |
//! | long lines | `output::a_long_line_is_read_whole`, `output::a_line_of_any_length_is_read_or_reported` |
//! | what a long line costs, and the limit | `long_lines::a_line_costs_two_and_a_half_times_its_length_at_most`, `long_lines::the_limit_is_named_when_something_is_over_it` |
//! | a writer that fails or panics | `writers::a_writer_that_panics_ends_restic_at_once` |
//! | big results | `output::a_listing_of_many_files_takes_no_memory`, `output::a_listing_of_many_files_takes_no_memory_asynchronously`, `output::many_matches_take_no_memory`, `output::a_gigabyte_is_dumped_in_no_memory`, `output::many_short_chunks_are_read_in_time` |
//! | names and output that are no text | `output::names_that_are_no_text_are_marked`, `output::bytes_of_all_kinds_between_messages_are_notices` |
//! | text among the JSON, CRLF, BOM, torn lines, HTML | `output::bytes_of_all_kinds_between_messages_are_notices`, `output::text_around_a_document_is_no_part_of_it` |
//! | unknown messages, odd numbers, deep nesting, unknown exit codes | `output::what_is_new_is_kept`, `output::odd_numbers_are_reported`, `output::deep_nesting_is_reported`, `output::unknown_exit_codes_are_failures` |
//! | progress that cannot be read | `output::progress_that_cannot_be_read_is_a_notice` |
//! | argument injection | `arguments::every_word_reaches_restic_as_data`, `arguments::every_byte_arrives`, `arguments::a_nul_byte_is_refused_before_anything_is_started` |
//! | secrets planted everywhere | `secrets::secrets_are_in_no_list_and_no_text`, `secrets::a_restic_that_runs_shows_no_secret`, `secrets::a_client_that_panics_is_shown_without_secrets`, `secrets::a_url_that_restic_prints_is_kept_secret`, `network::a_login_of_any_characters_opens_a_server`; restic-cli-wrap `redaction::what_restic_says_in_json_is_masked` |
//! | secrets that are quoted, cut and passed on; a lock's holder | `masking::no_part_of_a_location_that_restic_cannot_read_is_shown`, `masking::what_a_helper_says_of_a_secret_is_masked`, `masking::the_holder_of_a_lock_is_masked_when_its_name_is_a_secret`; restic-cli-wrap `properties::quoted_secrets` |
//! | secret files | `secrets::secret_files_are_gone_however_the_run_ended`, `secrets::secret_files_on_disk_are_private_and_gone_in_the_end` |
//! | a host that runs out of descriptors | `limits::no_secret_stays_when_descriptors_run_out`, `limits::what_runs_out_can_be_tried_again` |
//! | many runs at once that end in every way, with next to nothing left | `storm::a_storm_leaves_nothing_behind`, `storm::a_storm_of_real_restics_leaves_no_lock` |
//! | settings of one call | `derived::calls_of_one_client_have_deadlines_of_their_own`; restic-cli-wrap `derived` |
//! | what a call asks of the system | `system_calls::a_call_needs_few_system_calls` |
//! | more words than fit | `many_words::a_backup_of_very_many_paths_saves_them_all`, `many_words::very_many_paths_are_read_from_a_private_file`, `many_words::what_is_too_long_is_named_with_advice_that_fits`, `many_words::what_is_shown_of_a_long_call_is_short` |
//! | a thousand runs at once | `limits::a_thousand_runs_need_few_descriptors_and_threads`, `limits::a_run_costs_what_is_documented`; restic-cli-wrap `bounded` |
//! | a program that hangs at its version | `surroundings::a_program_that_never_says_its_version_is_given_up` |
//! | a program that is replaced | `surroundings::another_program_of_the_same_size_and_time_is_asked_again` |
//! | a host that ignores SIGCHLD | `children::a_host_that_ignores_its_children_gets_what_restic_proves`, `children::whoever_gets_the_id_of_restic_is_never_signalled` |
//! | a host that is the first process | `children::the_first_process_keeps_no_zombies` |
//! | a host that has SIGPIPE at its default | `children::input_that_restic_does_not_want_ends_no_host` |
//! | a host that blocks or ignores signals | `children::signals_that_the_host_blocks_reach_restic` |
//! | a helper that asks the terminal | `terminal::nobody_waits_for_a_terminal`, `terminal::a_program_may_let_restic_ask` |
//! | stopped while the lock is made | `locks::a_stop_before_the_first_word_may_leave_a_lock` |
//! | another program that runs restic | `wrappers::restic_works_behind_other_programs`, `wrappers::restic_is_interrupted_behind_other_programs`, `wrappers::restic_works_in_another_file_system`, `wrappers::a_stop_reaches_a_script_behind_a_wrapper`, `wrappers::what_is_missing_is_named`, `wrappers::a_wrapper_that_clears_the_environment_is_named` |
//! | a restic that is out of reach for signals | `wrappers::a_restic_that_may_not_be_signalled_is_left_to_end_by_itself` |
//! | a wrapper in the place of the binary | `wrappers::a_wrapper_in_the_place_of_the_binary_is_recognised` |
//! | input that panics | `output::a_reader_that_panics_saves_nothing` |
//! | the parent's environment | `surroundings::variables_of_the_parent_change_nothing`, `surroundings::variables_of_the_parent_open_a_repository`, `surroundings::a_variable_of_the_parent_is_kept_secret` |
//! | no restic, or none that runs | `surroundings::the_ways_of_having_no_restic_are_distinguished`, `surroundings::the_current_directory_is_never_searched`; restic-process `runner::the_ways_of_not_being_a_program_are_distinguished` |
//! | a server that fails, refuses or forbids | `network::a_server_that_fails_is_distinguished_from_one_that_refuses`, `network::a_page_in_the_place_of_data_is_no_wrong_password`, `network::a_host_without_ssh_cannot_be_reached`, `network::what_an_append_only_server_keeps_is_a_failure`; restic-cli-wrap `failures` |
//! | a server that dies | `network::what_restic_says_while_it_tries_again_is_heard_at_once`; restic-cli-wrap `live_notices` |
//! | a full disk | `surroundings::a_full_disk_is_reported`, `surroundings::lists_that_a_full_disk_swallows_are_no_success` |
//! | a stale lock | `locks::a_stale_lock_is_reported_and_removed_on_request_only`; restic-cli-wrap `client::the_holder_of_a_lock_is_reported` |
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is how a test fails"
)]
#![allow(clippy::print_stdout, reason = "a test that is skipped says so")]

mod arguments;
mod children;
mod derived;
mod hosts;
mod limits;
mod locks;
mod long_lines;
mod many_words;
mod masking;
mod network;
mod output;
mod secrets;
mod stopping;
mod storm;
mod support;
mod surroundings;
mod system_calls;
mod terminal;
mod wrappers;
mod writers;
