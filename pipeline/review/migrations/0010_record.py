"""A case with its versions, materials, amendments, releases and notices; documents of uploads one by one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('review', '0009_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Amendment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('finding_key', models.CharField(db_index=True, max_length=32)),
                ('values', models.JSONField()),
                ('reason', models.TextField()),
                ('reviewer', models.CharField(max_length=150)),
                ('account', models.CharField(max_length=150)),
                ('made', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Explanation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64)),
                ('says', models.TextField()),
                ('words', models.TextField()),
                ('reviewer', models.CharField(max_length=150)),
                ('account', models.CharField(max_length=150)),
                ('made', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Material',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('起草说明', '起草说明'), ('制定依据', '制定依据'), ('征求意见', '征求意见及采纳情况'), ('公平竞争', '公平竞争审查结论'), ('集体讨论', '集体讨论记录'), ('其他', '其他材料')], max_length=8)),
                ('name', models.TextField()),
                ('text', models.TextField(blank=True, default='')),
                ('message', models.TextField(blank=True, default='')),
                ('by', models.CharField(max_length=150)),
                ('account', models.CharField(blank=True, default='', max_length=150)),
                ('made', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.TextField()),
                ('made', models.DateTimeField(auto_now_add=True)),
                ('seen', models.DateTimeField(db_index=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Paper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('name', models.TextField()),
                ('digest', models.CharField(blank=True, default='', max_length=64)),
                ('state', models.CharField(choices=[('等待', '等待'), ('处理中', '处理中'), ('待选择', '待选择'), ('完成', '完成'), ('有问题', '有问题')], default='等待', max_length=8)),
                ('message', models.TextField(blank=True, default='')),
                ('choice', models.CharField(blank=True, choices=[('关联', '只作关联，不另立一件'), ('另立', '另立一件'), ('不收', '不收')], default='', max_length=8)),
            ],
        ),
        migrations.CreateModel(
            name='Release',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(max_length=16)),
                ('words', models.TextField(blank=True, default='')),
                ('findings', models.JSONField(default=list)),
                ('reviewer', models.CharField(max_length=150)),
                ('account', models.CharField(max_length=150)),
                ('offline', models.BooleanField(default=False)),
                ('made', models.DateTimeField(auto_now_add=True)),
                ('withdrawn', models.DateTimeField(null=True)),
                ('taken_back', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('finding_key', models.CharField(max_length=32)),
                ('stance', models.CharField(choices=[('采纳', '采纳'), ('部分采纳', '部分采纳'), ('不采纳', '不采纳')], max_length=8)),
                ('words', models.TextField(blank=True, default='')),
                ('by', models.CharField(max_length=150)),
                ('account', models.CharField(max_length=150)),
                ('made', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='check',
            name='one_answer_a_point',
        ),
        migrations.RemoveField(
            model_name='export',
            name='last_conclusion',
        ),
        migrations.RemoveField(
            model_name='export',
            name='last_decision',
        ),
        migrations.RemoveField(
            model_name='job',
            name='choice',
        ),
        migrations.RemoveField(
            model_name='job',
            name='rival',
        ),
        migrations.AddField(
            model_name='check',
            name='account',
            field=models.CharField(blank=True, default='', max_length=150),
        ),
        migrations.AddField(
            model_name='check',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='review.version'),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='account',
            field=models.CharField(blank=True, default='', max_length=150),
        ),
        migrations.AddField(
            model_name='conclusion',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='conclusions', to='review.version'),
        ),
        migrations.AddField(
            model_name='correction',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='review.version'),
        ),
        migrations.AddField(
            model_name='decision',
            name='account',
            field=models.CharField(blank=True, default='', max_length=150),
        ),
        migrations.AddField(
            model_name='decision',
            name='addressee',
            field=models.CharField(blank=True, default='', max_length=128),
        ),
        migrations.AddField(
            model_name='decision',
            name='withdrawn',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='export',
            name='basis',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='finding',
            name='raised_account',
            field=models.CharField(blank=True, default='', max_length=150),
        ),
        migrations.AddField(
            model_name='finding',
            name='raised_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='finding',
            name='raised_by',
            field=models.CharField(blank=True, default='', max_length=150),
        ),
        migrations.AddField(
            model_name='item',
            name='finished_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='item',
            name='marks',
            field=models.CharField(blank=True, default='', max_length=64),
        ),
        migrations.AddField(
            model_name='item',
            name='public_version',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='review.version'),
        ),
        migrations.AddField(
            model_name='item',
            name='published_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='item',
            name='reviewed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='item',
            name='rival',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='newcomers', to='review.item'),
        ),
        migrations.AddField(
            model_name='item',
            name='rival_reason',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='item',
            name='second_by',
            field=models.CharField(blank=True, default='', max_length=150),
        ),
        migrations.AddField(
            model_name='item',
            name='title_key',
            field=models.CharField(blank=True, db_index=True, default='', max_length=16),
        ),
        migrations.AddField(
            model_name='item',
            name='validity_note',
            field=models.CharField(blank=True, default='', max_length=16),
        ),
        migrations.AddField(
            model_name='item',
            name='withdrawn_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='item',
            name='withdrawn_reason',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='job',
            name='case',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='jobs', to='review.item'),
        ),
        migrations.AddField(
            model_name='job',
            name='material',
            field=models.CharField(blank=True, choices=[('起草说明', '起草说明'), ('制定依据', '制定依据'), ('征求意见', '征求意见及采纳情况'), ('公平竞争', '公平竞争审查结论'), ('集体讨论', '集体讨论记录'), ('其他', '其他材料')], default='', max_length=8),
        ),
        migrations.AddField(
            model_name='version',
            name='name',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='version',
            name='submitted_by',
            field=models.CharField(blank=True, default='', max_length=150),
        ),
        migrations.AlterField(
            model_name='check',
            name='made',
            field=models.DateTimeField(auto_now_add=True),
        ),
        migrations.AlterField(
            model_name='check',
            name='reviewer',
            field=models.CharField(max_length=150),
        ),
        migrations.AlterField(
            model_name='conclusion',
            name='reviewer',
            field=models.CharField(max_length=150),
        ),
        migrations.AlterField(
            model_name='correction',
            name='reviewer',
            field=models.CharField(max_length=150),
        ),
        migrations.AlterField(
            model_name='decision',
            name='reviewer',
            field=models.CharField(max_length=150),
        ),
        migrations.AlterField(
            model_name='item',
            name='name',
            field=models.TextField(db_index=True),
        ),
        migrations.AlterField(
            model_name='item',
            name='reviewed_by',
            field=models.CharField(blank=True, default='', max_length=150),
        ),
        migrations.AddField(
            model_name='amendment',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='review.item'),
        ),
        migrations.AddField(
            model_name='amendment',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='review.version'),
        ),
        migrations.AddField(
            model_name='explanation',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='explanations', to='review.item'),
        ),
        migrations.AddField(
            model_name='explanation',
            name='version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='explanations', to='review.version'),
        ),
        migrations.AddField(
            model_name='material',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='materials', to='review.item'),
        ),
        migrations.AddField(
            model_name='material',
            name='original',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='materials', to='review.original'),
        ),
        migrations.AddField(
            model_name='notice',
            name='item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='review.item'),
        ),
        migrations.AddField(
            model_name='notice',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paper',
            name='item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='papers', to='review.item'),
        ),
        migrations.AddField(
            model_name='paper',
            name='job',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='papers', to='review.job'),
        ),
        migrations.AddField(
            model_name='paper',
            name='rival',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='rivals', to='review.item'),
        ),
        migrations.AddField(
            model_name='release',
            name='annotated',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.export'),
        ),
        migrations.AddField(
            model_name='release',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='review.item'),
        ),
        migrations.AddField(
            model_name='release',
            name='opinion',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.export'),
        ),
        migrations.AddField(
            model_name='release',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='review.version'),
        ),
        migrations.AddField(
            model_name='reply',
            name='release',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='review.release'),
        ),
        migrations.AddConstraint(
            model_name='paper',
            constraint=models.UniqueConstraint(fields=('job', 'position'), name='one_paper_a_position'),
        ),
    ]
