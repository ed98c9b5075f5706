def a = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa!' ==~ '(a+)+b'
pipeline('p') {
    prepare { dataset 'a.jsonl' }
    initialize { model 'm' }
    train { method lora() }

}
