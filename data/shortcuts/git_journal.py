text = f'Build {format_date(current_date(), style="ISO 8601")}'
output_of_command = AsheKube_app_a__dash__Shell__dash__mini_ExecuteCommandIntent(command=[f"echo {text} >> log", "ls -l"], keepGoing=False, openWindow="close", **{"Show-command": True})
commit = com_appliedphasor_working__dash__copy_CommitRepositoryIntent(message=f"{text}", ShowWhenRun=False, limit=0, repo={"displayString": "journal", "identifier": "journal"})
org_example_my__dash__app__underscore__2_Do__underscore__It__dash__now(Third_Key=True, **{"": "empty", "2nd": [bare(commit), {"deep.key": commit}], "class": "x", "first-key": 1, "second key": output_of_command})
action("noDotAtAll", value=1)
is_workflow_actions_brand_new_action({"WFWorkflowActionExtra": {"note": "beside the parameters"}}, Big=1099511627776, Blob=data("AAEC"), Half=0.5, Odd=serialized("NotOurs", text), Off=False, WFFutureThing=WFFutureState(a=1), When=date("2026-05-17T08:30:00"))
