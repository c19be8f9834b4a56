"""The acts: the only place that changes how an issue stands. A page, a link, an import and the timetable call the same
functions; each asks the table and the guards of models/rules, changes the rows, and leaves a trace. The caller commits.

raising: raise_issue, similar_open, from_demand, close_as_history, drop, solved_on_the_spot
desk: admit, decline, reclass, dispatch, reassign, settle_objection, suggestions
handling: sign, object, start, interim_reply, assist_answer, ask_extension, attach, propose, park, unpark
deciding: decide_extension, escalate, slip, answer_slip, explain
firm_word: send_link, propose_and_ask, send_handler_link, answer_by_link, log_call, add_words, ask_withdrawal, withdraw,
           tell
closing: review_return, redo, close, reopen, spot_draw, spot_result
bulk: class_many, assign_many, close_many          common: make_group, add_to_group, leave_group, answer_group
timetable: accept_silence, resume_parked, due_links, due_slips, due_escalations, due_spot_checks
"""
