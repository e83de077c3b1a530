number_ = is_workflow_actions_number(WFNumberActionNumber=0)
user_name_2: "user name" = number_
number_2 = is_workflow_actions_number(WFNumberActionNumber=1)
user_name_3: "user-name" = number_2
number_3 = is_workflow_actions_number(WFNumberActionNumber=2)
_2nd_place: "2nd place" = number_3
number_4 = is_workflow_actions_number(WFNumberActionNumber=3)
variable: "🏆" = number_4
number_5 = is_workflow_actions_number(WFNumberActionNumber=4)
日程 = number_5
number_6 = is_workflow_actions_number(WFNumberActionNumber=5)
class_: "class" = number_6
number_7 = is_workflow_actions_number(WFNumberActionNumber=6)
print_: "print" = number_7
number_8 = is_workflow_actions_number(WFNumberActionNumber=7)
Größe = number_8
number_9 = is_workflow_actions_number(WFNumberActionNumber=8)
fit: "ﬁt" = number_9
number_10 = is_workflow_actions_number(WFNumberActionNumber=9)
user_name = number_10
number_11 = is_workflow_actions_number(WFNumberActionNumber=10)
WFInput = number_11
user_name_4: "user name" = is_workflow_actions_math(WFInput=user_name_2, WFMathOperand=1)
第二: "第二" = is_workflow_actions_math(WFInput=_2nd_place, WFMathOperand=2)
output: "🏆" = is_workflow_actions_math(WFInput=variable, WFMathOperand=3)
is_workflow_actions_showresult(Text=f"{user_name_2} {user_name_3} {_2nd_place} {variable} {日程} {class_} {print_} {Größe} {fit} {user_name} {WFInput} {user_name_4}{第二}{output}")
