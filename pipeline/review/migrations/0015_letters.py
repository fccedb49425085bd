"""Objections get two kinds of material: 异议申请书 and the written answer of the issuer."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('review', '0014_subjects'),
    ]

    operations = [
        migrations.AlterField(
            model_name='job',
            name='material',
            field=models.CharField(blank=True, choices=[('起草说明', '起草说明'), ('制定依据', '制定依据'), ('征求意见', '征求意见及采纳情况'), ('公平竞争', '公平竞争审查结论'), ('集体讨论', '集体讨论记录'), ('异议申请', '异议申请书'), ('书面答复', '制定机关的书面答复'), ('其他', '其他材料')], default='', max_length=8),
        ),
        migrations.AlterField(
            model_name='material',
            name='kind',
            field=models.CharField(choices=[('起草说明', '起草说明'), ('制定依据', '制定依据'), ('征求意见', '征求意见及采纳情况'), ('公平竞争', '公平竞争审查结论'), ('集体讨论', '集体讨论记录'), ('异议申请', '异议申请书'), ('书面答复', '制定机关的书面答复'), ('其他', '其他材料')], max_length=8),
        ),
    ]
